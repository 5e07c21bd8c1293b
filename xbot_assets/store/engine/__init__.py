"""The one way into PostgreSQL and the cache: connections, named statements, migrations, failures."""
