"""The catalogue of automations, read from Dagster's definitions, and what is known of each now.

Keep out: when something is due, which the steps decide; the definitions themselves.
"""
