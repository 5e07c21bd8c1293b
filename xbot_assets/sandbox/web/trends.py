"""What the sandbox's people talk about: the words by which they let others find their posts, and headlines.

Trends are counted from the posts of the last day; a headline of each topic follows from the day.
"""

import re
from collections import Counter
from datetime import timedelta
from functools import cache

from xbot_assets.sandbox.people.world import texts
from xbot_assets.sandbox.state.clock import stamp
from xbot_assets.sandbox.web.api.shapes import Json, Viewer
from xbot_assets.sandbox.web.api.timelines import instructions, item

COUNTED = timedelta(days=1)
TRENDS, LEAST = 12, 2
"""So many trends are shown, of words with so many posts."""
_TAG = re.compile(r"#\w{3,30}")


def trending(viewer: Viewer) -> list[Json]:
    """Return the words of most posts of the last day, most first."""
    posts = viewer.site.posts.where("created_at > ? and text like '%#%'", [stamp(viewer.now - COUNTED)], viewer.now)
    counted = Counter(tag for post in posts for tag in {tag.casefold() for tag in _TAG.findall(post.text)})
    ranked = sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))[:TRENDS]
    lines = [(tag, f"{rank} · Trending", count) for rank, (tag, count) in enumerate(ranked, 1) if count >= LEAST]
    return instructions([_line(*line) for line in lines])


def news(viewer: Viewer) -> list[Json]:
    """Return a headline of each topic; which one is for the day to say."""
    day = viewer.now.date().toordinal()
    lines = [(told[day % len(told)], f"{topic.title()} · News") for topic, told in sorted(_headlines().items())]
    return instructions([_line(name, context, None) for name, context in lines])


def _line(name: str, context: str, count: int | None) -> Json:
    counted = {} if count is None else {"meta_description": str(count)}
    content = {"itemType": "TimelineTrend", "__typename": "TimelineTrend", "name": name}
    return item(f"trend-{name}", {**content, "trend_metadata": {"domain_context": context, **counted}})


@cache
def _headlines() -> dict[str, list[str]]:
    return {str(topic): [str(one) for one in told] for topic, told in texts("news").items()}
