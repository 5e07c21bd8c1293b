"""Commands by which a person decides: about posts, about what is on X, about alerts. Keep out: the decisions' rules."""
