"""What servers of the API differ in: their bills, answers, refusals and parameters. Keep out: sending, the books."""
