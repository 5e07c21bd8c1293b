"""``xbot replay``: reads the old system's jobs and our catalogue, plays the model, writes JSON, a table and plots.

Keep out: the model itself (``replay/model``).
"""
