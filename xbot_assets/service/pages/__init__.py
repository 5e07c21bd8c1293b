"""The pages that a person opens, and the guard before them. Keep out: how a part is asked whether it lives."""
