"""What others talk about and what works for them: read, stored, and concluded from. Keep out: pages of X, answering."""
