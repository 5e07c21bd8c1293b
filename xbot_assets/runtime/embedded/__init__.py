"""The PostgreSQL and Valkey that come with the packages."""
