"""From posts on X to their numbers."""
