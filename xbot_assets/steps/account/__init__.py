"""The account itself: whether its session works, and holding all publishing while it does not."""
