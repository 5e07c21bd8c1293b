"""The pages that a person opens, and the guard before them."""
