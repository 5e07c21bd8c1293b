"""The rules that a text must pass before it may be published, each a named pure function."""
