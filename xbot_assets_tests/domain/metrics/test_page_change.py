"""When X's page has changed, and whether its two sources agree."""

from datetime import UTC, datetime, timedelta

import pytest

from xbot_assets.domain.metrics.agreement import Agreement, can_be_compared
from xbot_assets.domain.metrics.page_change import Unparsed, is_odd_by_itself

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("now", "usual", "changed"),
    [
        (Unparsed(3, 3), Unparsed(0, 0), True),
        (Unparsed(20, 6), Unparsed(400, 0), True),
        (Unparsed(20, 5), Unparsed(400, 0), False),
        (Unparsed(20, 10), Unparsed(400, 100), False),
        (Unparsed(20, 12), Unparsed(400, 100), True),
        (Unparsed(0, 0), Unparsed(400, 0), False),
    ],
)
def test_a_page_has_changed_when_the_share_rises_at_once(now: Unparsed, usual: Unparsed, *, changed: bool) -> None:
    """By three tenths above the usual; a share that was always high is no news, and no page is none either."""
    assert now.rises_from(usual, 0.3) is changed


@pytest.mark.parametrize(
    ("read_at", "looked_at", "others", "odd"),
    [
        (None, None, None, False),
        (NOON, NOON, NOON, False),
        (NOON, NOON + HOUR, NOON, False),
        (NOON, NOON + HOUR, NOON + 2 * HOUR, True),
        (None, NOON, NOON, True),
        (None, NOON + HOUR, NOON, False),
    ],
)
def test_a_post_is_odd_that_failed_when_others_could_be_read(
    read_at: datetime | None, looked_at: datetime | None, others: datetime | None, *, odd: bool
) -> None:
    """One that was read last, was never looked at, or failed with nobody read since, may tell of the page."""
    assert is_odd_by_itself(read_at, looked_at, others) is odd


def test_sources_agree_within_what_people_do_meanwhile() -> None:
    """A number that one of them does not tell is no disagreement, and reposts are counted differently."""
    rules = Agreement(least=5, share=0.05)
    assert rules.differing({"likes": 10, "views": 1000}, {"likes": 15, "views": 1050}) == ()
    assert rules.differing({"likes": 10, "views": 1000}, {"likes": 16, "views": 1100}) == ("likes", "views")
    assert rules.differing({"likes": 10, "views": None}, {"likes": None, "views": 7}) == ()
    assert rules.differing({"reposts": 10}, {"reposts": 900}) == ()
    assert can_be_compared({"likes": 1}, {"likes": 2})
    assert not can_be_compared({"likes": 1, "reposts": 1}, {"likes": None, "reposts": 1})
