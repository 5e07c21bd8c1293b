"""The view Calendar, the page on which the owner writes, and the page of one post. Keep out: what a decision checks."""
