"""The owner's session on X: logging in by hand, sealing it, opening it."""
