"""Posts for when the language model cannot be used: first from the emergency pool, then from templates.

Every one passes the gate chain, says in its ``source`` where it is from, and counts in the share that is alerted.
"""

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path

import numpy as np
from pydantic import ValidationError

from xbot_assets.domain.alerts.content import FALLBACK_SHARE
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.learning.features import post_features
from xbot_assets.domain.posts.post import NewPost, normalised
from xbot_assets.domain.posts.presentable import presentable
from xbot_assets.domain.templates.choosing import first_passing
from xbot_assets.domain.templates.facts import AccountReading, Facts, Publications, facts_of
from xbot_assets.domain.templates.filling import Filled, TemplateFile, candidates
from xbot_assets.regular_files import read_regular_text
from xbot_assets.steps.content.emergency_pool import FallbackPost, take_from_pool
from xbot_assets.steps.content.gatekeeping import GateJudge, judge_for
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import alert, resolve_alert
from xbot_assets.store.content import emergency_pool as pool_store
from xbot_assets.store.publishing import posts as post_store

FALLBACK_PURPOSE = "fallback"
SOURCE = "template"
SHARE_WINDOW = timedelta(days=1)
SHARE_POSTS_MIN = 4
"""A share of fewer posts says nothing: one fallback post after a quiet night is no news."""
WEEKDAYS_OF = 500
"""The weekday with most posts is that of so many newest ones."""
FALLBACK_SOURCES = frozenset({"pool", "template"})


@dataclass(frozen=True, slots=True)
class FallbackShare:
    """How many of the posts planned in the last day are from the pool or templates."""

    fallback: int
    posts: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 without posts."""
        return self.fallback / self.posts if self.posts else 0.0


def fallback_posts(
    product: Product, count: int, slots: Sequence[datetime], rng: np.random.Generator
) -> tuple[FallbackPost, ...]:
    """Queue up to ``count`` posts, one for each slot in order, and return them; fewer only when templates are used up.

    Raises:
        PermanentFailure: ``bad_templates``; the owner's templates file cannot be used.
    """
    pooled = take_from_pool(product, count, slots)
    served = {post.scheduled_at for post in pooled}
    filled = _from_templates(product, [slot for slot in slots[:count] if slot not in served], rng)
    watch_fallback_share(product)
    return tuple(sorted((*pooled, *filled), key=lambda post: post.scheduled_at))


def watch_fallback_share(product: Product) -> FallbackShare:
    """Raise or resolve the alert about the share of fallback posts, and return it."""
    now = product.clock.now()
    share = fallback_share(product)
    if share.posts < SHARE_POSTS_MIN or share.share <= product.settings.fallback_share_alert:
        resolve_alert(product.database, FALLBACK_SHARE, now)
        return share
    alert(product.database, FALLBACK_SHARE, now=now, fallback=share.fallback, posts=share.posts)
    return share


def fallback_share(product: Product) -> FallbackShare:
    """Count the posts planned in the last day by where they come from."""
    counts = pool_store.posts_by_source(product.database, product.clock.now() - SHARE_WINDOW)
    return FallbackShare(sum(counts.get(source, 0) for source in FALLBACK_SOURCES), sum(counts.values()))


def load_templates(path: Path | None = None) -> TemplateFile:
    """Read a templates file; the shipped one when ``path`` is None.

    Raises:
        PermanentFailure: ``bad_templates``; the reason says where and what.
    """
    shipped = files("xbot_assets.domain.templates").joinpath("shipped.toml")
    try:
        return TemplateFile.model_validate(
            tomllib.loads(read_regular_text(path) if path else shipped.read_text("utf-8"))
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise _bad_templates(path, f"{where}: {first['msg'].removeprefix('Value error, ')}") from error
    except (OSError, ValueError, RecursionError) as error:  # a number of 5,000 digits is a plain ValueError of tomllib
        raise _bad_templates(path, "it is not a readable TOML file") from error


def known_facts(product: Product) -> Facts:
    """Count what templates may say from the database: sums that are kept, and the weekdays of the newest posts."""
    totals = pool_store.published_totals(product.database)
    newest = pool_store.newest_published(product.database, WEEKDAYS_OF)
    published = Publications(pool_store.first_published(product.database), newest)
    reading = product.account.last_reading
    account = AccountReading(reading.followers) if reading else None
    return facts_of(totals, published, account, now=product.clock.now(), zone=product.settings.zone)


def _from_templates(product: Product, slots: Sequence[datetime], rng: np.random.Generator) -> tuple[FallbackPost, ...]:
    file = load_templates(product.settings.templates_path) if slots else None
    if file is None or file.language != product.account.persona.language:
        return ()
    judge = judge_for(product, FALLBACK_PURPOSE)
    filled = (_fill_one(product, file, judge, slot, rng) for slot in slots)
    return tuple(post for post in filled if post is not None)


def _fill_one(
    product: Product, file: TemplateFile, judge: GateJudge, slot: datetime, rng: np.random.Generator
) -> FallbackPost | None:
    """Queue one filled template that no gate refuses and that was not used within ``template_repeat_days``."""
    since = product.clock.now() - timedelta(days=product.settings.template_repeat_days)
    used = pool_store.template_uses_since(product.database, since)
    texts = {normalised(use.text) for use in used}
    uses = Counter(use.template for use in used)

    def passes(one: Filled) -> bool:
        return normalised(one.text) not in texts and judge.judged(one.text, one.format) is None

    filled = candidates(file.templates, product.account.persona, known_facts(product), rng, uses)
    ways = (replace(one, text=presentable(one.text)) for one in filled)
    chosen = first_passing(ways, passes)
    return _queue(product, judge, chosen, slot) if chosen else None


def _queue(product: Product, judge: GateJudge, chosen: Filled, slot: datetime) -> FallbackPost:
    now = product.clock.now()
    judge.accept(chosen.text, chosen.topic, chosen.format)
    post = NewPost(
        text=chosen.text,
        topic=chosen.topic,
        format=chosen.format,
        features=post_features(chosen.text),
        source=SOURCE,
        scheduled_at=slot,
    )
    with product.database.transaction() as transaction:
        (post_id,) = post_store.enqueue_posts(transaction, [post], now)
        pool_store.insert_template_use(transaction, chosen.template, chosen.subject, post_id, now)
    return FallbackPost(post_id, chosen.text, chosen.topic, chosen.format, SOURCE, slot)


def _bad_templates(path: Path | None, what: str) -> PermanentFailure:
    return PermanentFailure(
        f"The templates file {path or 'of the package'} cannot be used: {what}.",
        code=FailureCode.BAD_TEMPLATES,
        remedy="Correct the file XBOT_TEMPLATES_PATH names, or unset it to use the shipped templates.",
    )
