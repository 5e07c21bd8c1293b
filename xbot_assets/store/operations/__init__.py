"""Rows of browser operations."""
