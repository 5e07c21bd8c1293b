"""The rules that a text must pass before it may be published, each a named pure function.

``chain.py`` has their order. Keep out: settings, storing judgements, and calling anything outside the process.
"""
