"""Jobs over the whole loop, alerts on failed runs, and one pass in the foreground."""
