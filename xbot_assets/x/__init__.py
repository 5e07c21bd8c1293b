"""What the product asks of X, and nothing about how: typed operations with typed answers.

The browser implements them; another way to X would stand beside it.
"""
