"""The day's language-model budget: its day, its tiers, its shares and its calls, all pure. Keep out: SQL, the API."""
