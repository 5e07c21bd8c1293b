"""Rows of planning: the budget, the ledger of calls, gate verdicts, the emergency pool."""
