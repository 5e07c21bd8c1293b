"""Whom to answer: what turned to the account, which posts may be answered, how fast they rise, who wants no answer.

And from others: what they talk about, what works for them, and what may be concluded from it.
Keep out: what a reply says (``domain/gates``), whether it may go now (``domain/admission``), the pages of X.
"""
