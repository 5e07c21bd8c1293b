"""Whether the work of all subjects is done when it is due. Keep out: doing it."""
