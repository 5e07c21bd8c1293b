"""The view Inbox: what waits for a person, and the decisions that its forms ask for. Keep out: the decisions' rules."""
