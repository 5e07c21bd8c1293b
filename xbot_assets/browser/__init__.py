"""The browser host, its client, and what X's pages look like. Keep out: the database, Dagster."""
