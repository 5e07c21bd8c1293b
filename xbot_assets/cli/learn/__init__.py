"""``xbot learn``: what the account has learned, as a page, as JSON, and in a few lines. Keep out: what is found."""
