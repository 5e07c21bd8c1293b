"""A post: its text as X counts it, its states, its images, its thread, and how it is recognised on a timeline.

No I/O.
"""
