"""How the gates read a text: tricks taken off, words and their base forms, orders hidden in it, what was said before.

Keep out: any verdict. A gate that refuses is a file of the package above.
"""
