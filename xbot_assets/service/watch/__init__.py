"""What the service watches beside the pages: parts, memory, Dagster's looks, due work. Keep out: what it shows."""
