"""How long X counts a text to be: its links, its emoji, and the weight of every other character.

The rules are twitter-text's (3.1.0, configuration version 3, Apache-2.0), which X's own pages use; a test compares the
count with it on thousands of texts. No I/O.
"""
