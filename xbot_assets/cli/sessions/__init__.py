"""Commands that log in: the account on X, and the owner to the pages. Keep out: sessions themselves."""
