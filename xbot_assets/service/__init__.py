"""Health, readiness and status pages. Keep out: anything that changes a post."""
