"""What the sandbox remembers: its database, its clock, its faults."""
