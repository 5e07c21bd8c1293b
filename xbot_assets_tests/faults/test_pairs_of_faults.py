"""Two faults at once, under load: what was promised for each holds for both (docs/degraded.md)."""

from collections.abc import Iterator

import pytest

from xbot_assets.testing.pairs.faults import PAIRS
from xbot_assets.testing.pairs.stage import Stage, stage
from xbot_assets.testing.pairs.trial import trial

pytestmark = pytest.mark.soak  # a whole stack of its own


@pytest.fixture(scope="module")
def staged() -> Iterator[Stage]:
    """One stack for all of it, in which a minute is a second."""
    with stage() as made:
        yield made


@pytest.mark.parametrize("pair", PAIRS, ids=" and ".join)
def test_two_faults_at_once_lose_and_double_nothing_and_all_is_well_again(staged: Stage, pair: tuple[str, str]) -> None:
    """Every post that was taken is out, once; each alert was raised once and is over."""
    done = trial(staged, pair)
    assert (done.lost, done.doubled, done.again) == ((), (), ())
    assert done.posts > 0
