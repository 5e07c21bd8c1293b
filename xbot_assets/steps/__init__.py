"""The steps of the loop, over store, browser and llm: plan, publish, measure, learn.

Each step is a function that takes a :class:`~xbot_assets.steps.product.Product` and returns a report. Dagster
assets call them, tests call them without Dagster. Keep out: Dagster, SQL, selectors, prompts.
"""
