"""Rows of the queue: posts and their states, approvals, pace, breaker, policy, recovery."""
