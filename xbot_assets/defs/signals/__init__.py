"""What others talk about and what works for them, in Dagster: assets, checks, jobs, schedules. Keep out: steps."""
