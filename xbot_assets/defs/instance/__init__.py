"""What dagster.yaml points at: storage taken from the settings. Keep out: assets."""
