"""What is talked about, read through real Chromium from the sandbox's page, as it is and as it is not."""

import re
from collections import Counter

import pytest

from xbot_assets.domain.failures import TransientFailure
from xbot_assets.x.operations import ReadTrends, Search
from xbot_assets_tests.browser.host_rig import HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

WORD = "oddsoil"


def test_trends_are_the_words_of_most_posts_with_their_numbers(host: HostProcess, sandbox: Sandbox) -> None:
    """Counted by hand from a search for one of them; nothing of the side column is among them."""
    for number in range(40):
        sandbox.control("POST", "posts", {"handle": "ann_asks", "text": f"Bed {number} #{WORD}"})
    read = host.run(ReadTrends())
    told = {trend.name: trend for trend in read.trends}
    found = host.run(Search(query=f"#{WORD}", limit=60)).posts
    tags = Counter(re.findall(r"#\w+", " ".join(post.text or "" for post in found)))
    assert told[f"#{WORD}"].posts == tags[f"#{WORD}"] == 40
    assert [trend.rank for trend in read.trends] == list(range(1, len(read.trends) + 1))
    counts = [trend.posts or 0 for trend in read.trends]
    assert counts == sorted(counts, reverse=True)
    assert all("Trending" in trend.context for trend in read.trends)
    assert "Rock pools" not in told
    assert (read.unread, read.evidence) == (0, None)


def test_news_are_headlines_without_numbers(host: HostProcess, sandbox: Sandbox) -> None:
    """One of each topic."""
    assert sandbox.url
    read = host.run(ReadTrends(tab="news", limit=3))
    assert len(read.trends) == 3
    assert all(line.posts is None and line.context.endswith("News") for line in read.trends)


@pytest.mark.slow
def test_a_page_of_other_markup_is_an_answer_with_evidence_and_a_failed_list_is_a_failure(
    host: HostProcess, sandbox: Sandbox
) -> None:
    """Neither is an empty list; the evidence holds words of the page and nothing of the session."""
    sandbox.control("PUT", "faults", {"changed_markup": True})
    changed = host.run(ReadTrends())
    sandbox.control("PUT", "faults", {"list_fails": True})
    with pytest.raises(TransientFailure) as caught:
        host.run(ReadTrends())
    sandbox.control("PUT", "faults", {})
    assert changed.trends == ()
    assert changed.evidence is not None
    assert changed.evidence.path == "/explore/tabs/trending"
    assert "next-trend" in changed.evidence.outline
    assert caught.value.code == "timeline_failed"
    assert host.run(ReadTrends()).trends
