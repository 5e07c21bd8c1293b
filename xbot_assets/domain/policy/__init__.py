"""The rules that a post must keep at the moment it is published, whoever wrote it and whoever approved it.

``domain/admission`` asks them in order. Keep out: what a text says (``domain/gates``), the pace (``domain/pace``), SQL.
"""
