"""From numbers to model versions and champions, as Dagster sees it."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.learning.assets import (
    bandit_model,
    champion_models,
    champions_in_use,
    engagement_outcomes,
    engagement_predictor,
)
from xbot_assets.defs.learning.automation import learn_when_due
from xbot_assets.defs.learning.jobs import learn_job

ASSETS = [engagement_outcomes, bandit_model, engagement_predictor, champion_models]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS, champions_in_use]),
    jobs=[learn_job],
    sensors=[learn_when_due],
)
