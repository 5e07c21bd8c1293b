"""Numbers as a page writes them, in its own language: a number that cannot be read for sure is none.

Sources: Unicode's CLDR (the data of the package ``babel``) for decimal marks and for the words of shortened numbers.
"""
