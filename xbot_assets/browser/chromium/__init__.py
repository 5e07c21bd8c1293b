"""Finding, starting, watching and replacing the one Chromium."""
