"""What others write, and replies, in Dagster: assets, checks, jobs, schedules. Keep out: how they are done (steps)."""
