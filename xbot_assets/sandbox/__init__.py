"""A look-alike of X and an OpenAI-compatible server for trying the system out.

Keep out: every import from the product. What is tested here must not be tested against itself.
"""
