"""The parts of the simulated week: its calendar, its people, its clock, and the judging."""
