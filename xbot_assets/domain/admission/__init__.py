"""May this post go now? One ordered list of named rules over one set of facts. Keep out: SQL, settings, clocks.

``rules.py`` has the order, ``facts.py`` what a rule may know, ``refusal.py`` what it says.
"""
