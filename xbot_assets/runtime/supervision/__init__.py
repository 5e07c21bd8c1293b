"""One supervisor and its children: starting, watching, restarting, stopping, and what a crash leaves."""
