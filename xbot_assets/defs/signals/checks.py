"""Checks of signals: volume, nulls, ranges, duplicates; and of insights: that sentences rest on stored posts."""

from collections.abc import Sequence
from dataclasses import asdict

import dagster as dg

from xbot_assets.defs.resources import ProductIn
from xbot_assets.defs.signals.assets import (
    background_signals,
    competitor_insight,
    expert_insight,
    high_value_signals,
)
from xbot_assets.domain.engagement.insights import InsightKind
from xbot_assets.domain.engagement.signals import BACKGROUND, HIGH_VALUE, SignalKind
from xbot_assets.steps.product import Product
from xbot_assets.steps.signals.checking import duplicates, problems, uncited, volume_of
from xbot_assets.store.engagement.signals import ReadingName


@dg.asset_check(asset=high_value_signals)
def high_value_has_its_volume(product: ProductIn) -> dg.AssetCheckResult:
    """The newest reading of tracked accounts saw about as much as the ones before it."""
    return _volume(product, "high_value")


@dg.asset_check(asset=background_signals)
def background_has_its_volume(product: ProductIn) -> dg.AssetCheckResult:
    """The newest reading of everything else saw about as much as the ones before it."""
    return _volume(product, "background")


@dg.asset_check(asset=high_value_signals)
def high_value_is_sound(product: ProductIn) -> dg.AssetCheckResult:
    """No post of a tracked account has more likes than views, no numbers at all, a time to come, or our own name."""
    return _sound(product, HIGH_VALUE)


@dg.asset_check(asset=background_signals)
def background_is_sound(product: ProductIn) -> dg.AssetCheckResult:
    """The same of every signal; of trends, which are no posts, only that they are told once."""
    return _sound(product, BACKGROUND)


@dg.asset_check(asset=background_signals)
def signals_are_told_once(product: ProductIn) -> dg.AssetCheckResult:
    """No author has the same words in two of the newest signals; a warning, since people do repeat themselves."""
    twice = duplicates(product, BACKGROUND)
    return dg.AssetCheckResult(passed=not twice, severity=dg.AssetCheckSeverity.WARN, metadata={"twice": twice})


@dg.asset_check(asset=expert_insight)
def expert_sentences_are_cited(product: ProductIn) -> dg.AssetCheckResult:
    """Each sentence in use about what works cites posts that are stored."""
    return _cited(product, InsightKind.EXPERT)


@dg.asset_check(asset=competitor_insight)
def competitor_sentences_are_cited(product: ProductIn) -> dg.AssetCheckResult:
    """Each sentence in use about other accounts cites posts that are stored."""
    return _cited(product, InsightKind.COMPETITOR)


def _volume(product: Product, reading: ReadingName) -> dg.AssetCheckResult:
    volume = volume_of(product, reading)
    usual = "not known yet" if volume.usual is None else volume.usual
    return dg.AssetCheckResult(passed=volume.enough, metadata={"newest": volume.newest, "usual": usual})


def _sound(product: Product, kinds: Sequence[SignalKind]) -> dg.AssetCheckResult:
    counted = asdict(problems(product, kinds))
    wrong = {name: count for name, count in counted.items() if name != "signals"}
    return dg.AssetCheckResult(passed=not any(wrong.values()), metadata=counted)


def _cited(product: Product, kind: InsightKind) -> dg.AssetCheckResult:
    wrong = uncited(product, kind)
    return dg.AssetCheckResult(passed=not wrong, metadata={"uncited": wrong})
