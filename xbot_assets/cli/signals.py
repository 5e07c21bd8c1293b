"""``xbot signals``: what others talk about, what works for them, and what was concluded from it."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from xbot_assets.cli.decisions.approve import preview
from xbot_assets.cli.decisions.review import review_now
from xbot_assets.cli.terminal import echo, print_json
from xbot_assets.settings import Settings
from xbot_assets.steps.publishing.approval import told_time
from xbot_assets.steps.signals.showing import INSIGHT_TITLES, TITLES, InsightNow, KindNow, SignalsNow, signals_now
from xbot_assets.store.engagement.signals import Signal


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("signals")(show)


def show(as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List trends, news and posts by others that were seen lately, and what a model concluded from them."""
    with review_now() as review:
        now, settings = signals_now(review.account), review.account.settings
    if as_json:
        print_json(asdict(now))
        return
    echo("\n".join(_told(now, settings)))


def _told(now: SignalsNow, settings: Settings) -> Iterator[str]:
    if now.empty:
        yield now.empty
    for insight in now.insights:
        yield from _insight(insight, settings)
    for one in now.kinds:
        yield from _kind(one)


def _insight(insight: InsightNow, settings: Settings) -> Iterator[str]:
    if insight.made_at is not None:
        yield f"{INSIGHT_TITLES[insight.kind]}, since {told_time(insight.made_at, settings)}:"
        yield from (f"  {row.text} [{', '.join(row.x_post_ids)}]" for row in insight.sentences)
    if insight.why_none:
        yield f"{INSIGHT_TITLES[insight.kind]}: the last attempt brought nothing. {insight.why_none}"
    yield from (f"  dropped: {preview(row.text)} ({row.dropped})" for row in insight.dropped)


def _kind(one: KindNow) -> Iterator[str]:
    if one.signals:
        yield f"\n{TITLES[one.kind]}"
        yield from (f"  {_line(signal)}" for signal in one.signals)


def _line(signal: Signal) -> str:
    told = {"posts": signal.posts, "likes": signal.likes, "views": signal.views}
    numbers = ", ".join(f"{value} {name}" for name, value in told.items() if value is not None)
    by = f"@{signal.handle} {signal.x_post_id}: " if signal.x_post_id else ""
    return f"{by}{preview(signal.text)}" + (f"  ({numbers})" if numbers else "")
