"""Rows of readings of posts and of the account."""
