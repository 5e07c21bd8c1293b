"""The job that learns from numbers."""

import dagster as dg

learn_job = dg.define_asset_job(
    "learn",
    selection=dg.AssetSelection.assets(
        "engagement_outcomes", "bandit_model", "engagement_predictor", "champion_models"
    ),
    description="Compute outcomes, train both models, decide the champions.",
)
