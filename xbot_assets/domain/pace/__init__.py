"""How fast to publish: limits, the adaptive rate, the hours that earn more, jitter. Keep out: SQL, clocks, settings."""
