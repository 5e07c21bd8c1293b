"""Rows of engagement: opportunities to answer with their readings, authors, suggestions. Keep out: the queue itself."""
