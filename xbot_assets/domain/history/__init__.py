"""What the account wrote before this system: how X's archive tells it. Keep out: files and the database."""
