"""Posts made without a language model: sentences with gaps, filled from what the database holds.

Keep out: reading the database or a file, judging, queueing.
"""
