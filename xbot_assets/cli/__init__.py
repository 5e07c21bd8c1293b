"""The xbot command: thin verbs over functions that live elsewhere."""
