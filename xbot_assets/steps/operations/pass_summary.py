"""What one pass of the loop did, as plain data."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from xbot_assets.domain.budget.tiers import MICROUSD_PER_USD
from xbot_assets.steps.product import Product
from xbot_assets.store.content.ledger import spent_microusd
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.metrics import readings as metric_store
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing.rows import RecentPost

RECENT = 50
COUNTS = ("likes", "reposts", "replies", "bookmarks", "views")


def pass_summary(product: Product, post_ids: Sequence[int], *, since: datetime) -> dict[str, Any]:
    """Return posts with their metrics, the champions, and what LLM calls ``since`` then cost in US dollars."""
    rows = {row.id: row for row in post_store.recent_posts(product.database, RECENT)}
    posts = [_post(product, rows[post_id]) for post_id in post_ids if post_id in rows]
    return {
        "ok": all(post["status"] in {"published", "shadowed"} for post in posts) and bool(posts),
        "mode": product.settings.mode,
        "product_time": product.clock.now().isoformat(),
        "posts": posts,
        "models": [model for kind in ("bandit", "predictor") for model in _champion(product, kind)],
        "cost_usd": spent_microusd(product.database, since) / MICROUSD_PER_USD,
    }


def _post(product: Product, row: RecentPost) -> dict[str, Any]:
    reading = metric_store.latest_reading(product.database, row.id)
    metrics = {name: getattr(reading, name) for name in COUNTS} if reading else None
    return {
        "id": row.id,
        "status": row.status,
        "x_post_id": row.x_post_id,
        "url": f"{product.settings.target_url}{row.permalink}" if row.permalink else None,
        "text": row.text,
        "topic": row.topic,
        "format": row.format,
        "published_at": row.published_at,
        "metrics": metrics,
        "label": reading.label if reading else None,
    }


def _champion(product: Product, kind: model_store.ModelKind) -> list[dict[str, Any]]:
    version = model_store.champion(product.database, kind)
    if version is None:
        return []
    return [{"kind": kind, "version": version.version, "outcomes_used": version.outcomes_used}]
