"""Everything that a person may be told, one entry for each. Keep out: storing and sending; when an alert is raised."""
