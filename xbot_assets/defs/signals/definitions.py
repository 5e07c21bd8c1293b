"""From trends and others' posts to conclusions, as Dagster sees it."""

import dagster as dg

from xbot_assets.defs.catalogue import catalogued
from xbot_assets.defs.signals.assets import (
    background_signals,
    competitor_insight,
    expert_insight,
    high_value_signals,
)
from xbot_assets.defs.signals.automation import (
    conclude_competitor_when_due,
    conclude_expert_when_due,
    read_background_when_due,
    read_high_value_when_due,
)
from xbot_assets.defs.signals.checks import (
    background_has_its_volume,
    background_is_sound,
    competitor_sentences_are_cited,
    expert_sentences_are_cited,
    high_value_has_its_volume,
    high_value_is_sound,
    signals_are_told_once,
)
from xbot_assets.defs.signals.jobs import background_job, competitor_job, expert_job, high_value_job

ASSETS = [high_value_signals, background_signals, expert_insight, competitor_insight]
"""What runs as a step here."""

definitions = dg.Definitions(
    assets=dg.map_asset_specs(catalogued, [*ASSETS]),
    asset_checks=[
        high_value_has_its_volume,
        high_value_is_sound,
        background_has_its_volume,
        background_is_sound,
        signals_are_told_once,
        expert_sentences_are_cited,
        competitor_sentences_are_cited,
    ],
    jobs=[high_value_job, background_job, expert_job, competitor_job],
    schedules=[
        read_high_value_when_due,
        read_background_when_due,
        conclude_expert_when_due,
        conclude_competitor_when_due,
    ],
)
