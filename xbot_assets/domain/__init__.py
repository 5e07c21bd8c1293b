"""Rules and arithmetic. Keep out: Dagster, drivers, a clock of its own, any input or output."""
