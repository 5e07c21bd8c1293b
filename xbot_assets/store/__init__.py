"""PostgreSQL and the cache: the only package that imports their drivers.

Keep out: rules about posts and learning (``domain``).
"""
