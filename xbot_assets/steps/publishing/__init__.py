"""From a queued post to a post on X, and back again: the cycle, recovery, reconciliation, people's decisions."""
