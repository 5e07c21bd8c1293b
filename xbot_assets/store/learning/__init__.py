"""Rows of learned models."""
