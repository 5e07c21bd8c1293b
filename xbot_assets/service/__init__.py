"""Health, and the pages. Keep out: rules of their own; a change goes through the steps of approval."""
