"""What X's pages look like: the only package with selectors. Keep out: contexts, slots, HTTP."""
