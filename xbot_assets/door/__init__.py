"""Who comes in over HTTP: names, origins, sessions, how long a request may take. Keep out: what is behind the door."""
