"""The only package, with its assembly, that imports Dagster.

Keep out: logic that a test would want to call without Dagster (``steps``).
"""
