"""How long the site counts a text to be, on the server: a reader of its own, so that it shows a fault of what it tests.

It agrees with X's own library but for emoji that are newer than it, which count less here, and halves of characters.
"""
