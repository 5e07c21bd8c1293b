"""Watching and steering the system itself: the browser queue, one whole pass, the sandbox's clock."""
