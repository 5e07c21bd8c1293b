"""What X's own data, heard while a page loads, tell of the lists and the accounts that the page shows.

The names of X's operations are data here, and an answer counts by its shape: a name that is not known yet is no reason
to read less.
"""
