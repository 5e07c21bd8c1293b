"""From queued posts to posts on X."""
