"""Rows about the account itself."""
