"""From champion models to queued posts."""
