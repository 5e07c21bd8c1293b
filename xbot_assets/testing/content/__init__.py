"""The parts of the content and budget runs."""
