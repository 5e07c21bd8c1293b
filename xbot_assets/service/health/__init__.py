"""What the service knows of each part: registered components and their pings. Keep out: pages and requests."""
