"""What the model is asked to write, by which rules a draft counts, and how far a brief is done. Keep out: calls."""
