"""The language-model client, its prompts and its prices. Keep out: the database, Dagster."""
