"""Commands that run the system: what it does and when, its database, its backups. Keep out: the work itself."""
