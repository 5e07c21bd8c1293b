"""A study as text for a terminal."""

from collections.abc import Iterator

from xbot_assets.simulation.measures import Ratio, Recovery
from xbot_assets.simulation.study import SeedResult, Study

READ_IT = (
    "Expected: weighted engagement a post without luck, in the last week. Intervals are paired 95 % t intervals over "
    "seeds of the mean logarithm. Ours knows nothing of the audience; best-fixed is chosen in hindsight."
)


def as_text(result: Study) -> str:
    """Return the study as lines."""
    return "\n".join([_head(result), "", *_results(result), "", *_uplifts(result), "", READ_IT, ""])


def result_line(result: SeedResult) -> str:
    """Return one run as one line."""
    week, arm = result.last_week, f"  {result.fixed_arm}" if result.fixed_arm else ""
    return (
        f"seed {result.seed:<4}{result.policy:<12}{week.posts:5} posts  expected {week.expected:8.2f}  "
        f"per view {week.expected_rate:.4f}  came {week.engagement:8.2f}  followers {result.followers}{arm}"
    )


def _head(result: Study) -> str:
    turn = f", taste turned on day {result.turn_day}" if result.turn_day is not None else ""
    return (
        f"{result.days} days, {result.posts_a_day:g} posts a day, {result.audience} audience{turn}; "
        f"bandit {result.rule}, outcome level {result.level}"
    )


def _results(result: Study) -> Iterator[str]:
    for one in result.results:
        yield result_line(one)
        yield from (f"  champion changed on {change}" for change in one.changes)


def _uplifts(result: Study) -> Iterator[str]:
    for one in result.uplifts:
        yield f"ours over {one.against:<12} expected {_ratio(one.expected)}   per view {_ratio(one.expected_rate)}"
        yield f"{'':22} came     {_ratio(one.engagement)}"
    if result.recovery is not None:
        yield _recovered(result.recovery)


def _recovered(one: Recovery) -> str:
    when = "not within the run" if one.days is None else f"after {one.days} days"
    if one.within is None:
        return f"Half of the gain was back {when}."
    low, high = ("later than the run" if end is None else str(end) for end in (one.low, one.high))
    return f"Half of the gain was back {when} (95 %: {low} to {high}; within the run in {one.within:.0%} of resamples)."


def _ratio(one: Ratio) -> str:
    told = f"{100 * (one.ratio - 1):+.0f} %"
    if one.low is None or one.high is None:
        return told
    return f"{told} ({100 * (one.low - 1):+.0f} to {100 * (one.high - 1):+.0f} %)"
