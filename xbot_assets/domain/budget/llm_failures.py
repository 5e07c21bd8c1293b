"""When, and beside what, calls of the language model fail: the ledger's calls, counted and compared.

Amounts are millionths of a US dollar.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import hypot, sqrt
from statistics import NormalDist
from typing import TypeVar

CONFIDENCE = 0.95
"""Of all comparisons of one list together: the more there are, the wider each one's interval."""

NO_PATTERN = "no pattern"
"""What is said of circumstances that cannot be told apart from all others."""

Key = TypeVar("Key", str, int, date, tuple[date, str])


@dataclass(frozen=True, slots=True)
class CallGroup:
    """Calls of the same quarter of an hour that are alike in all else too.

    ``made`` is false for those refused before they were made, by the budget or a hold on the API. ``job`` is the job
    of the run that made them, ``None`` when what ran was not noted; ``beside`` are the jobs of the other runs.
    """

    quarter: datetime
    purpose: str
    model: str
    ok: bool
    made: bool
    job: str | None
    beside: Sequence[str]
    calls: int
    cost_microusd: int


@dataclass(frozen=True, slots=True)
class Tally:
    """Calls that were made, those of them that failed, those refused before they were made, and what it cost."""

    calls: int
    failed: int
    refused: int
    cost_microusd: int


@dataclass(frozen=True, slots=True)
class Occasion:
    """A quarter of an hour in which one purpose made calls, and whether any of them failed.

    The attempts of one brief share their cause: counted singly, one bad minute would look like many failures.
    ``beside`` is ``None`` when what ran was not noted.
    """

    at: datetime
    failed: bool
    beside: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Trials:
    """So many failed of so many occasions."""

    failed: int
    occasions: int

    @property
    def share(self) -> float:
        """From 0 to 1; 0 without occasions."""
        return self.failed / self.occasions if self.occasions else 0.0


@dataclass(frozen=True, slots=True)
class Contrast:
    """Occasions in some circumstance against all others: the difference of their failed shares lies in low to high."""

    name: str
    within: Trials
    without: Trials
    low: float
    high: float

    @property
    def verdict(self) -> str:
        """Say whether the two can be told apart."""
        if self.low > 0:
            return "fails more often"
        return "fails less often" if self.high < 0 else NO_PATTERN


def tally(groups: Iterable[CallGroup]) -> Tally:
    """Add groups up."""
    those = list(groups)
    return Tally(
        calls=sum(group.calls for group in those if group.made),
        failed=sum(group.calls for group in those if group.made and not group.ok),
        refused=sum(group.calls for group in those if not group.made),
        cost_microusd=sum(group.cost_microusd for group in those),
    )


def tallies(groups: Iterable[CallGroup], key: Callable[[CallGroup], Key]) -> dict[Key, Tally]:
    """Add groups up by what ``key`` says of each, in the order of the keys."""
    by_key: defaultdict[Key, list[CallGroup]] = defaultdict(list)
    for group in groups:
        by_key[key(group)].append(group)
    return {value: tally(by_key[value]) for value in sorted(by_key)}


def occasions(groups: Iterable[CallGroup]) -> list[Occasion]:
    """Return the occasions, oldest first."""
    by_occasion: defaultdict[tuple[datetime, str], list[CallGroup]] = defaultdict(list)
    for group in groups:
        if group.made:
            by_occasion[group.quarter, group.purpose].append(group)
    return [_occasion(at, those) for (at, _), those in sorted(by_occasion.items())]


def contrasts(
    those: Sequence[Occasion], names: Sequence[str], is_within: Callable[[Occasion, str], bool]
) -> tuple[Contrast, ...]:
    """Compare the occasions of each name with all others, widest difference upwards first."""
    z = NormalDist().inv_cdf(1 - (1 - CONFIDENCE) / (2 * max(1, len(names))))
    comparisons = [_contrast(name, those, is_within, z) for name in names]
    return tuple(sorted(comparisons, key=lambda contrast: -contrast.low))


def beside_jobs(those: Sequence[Occasion]) -> tuple[Contrast, ...]:
    """Compare the occasions on which a job ran beside the calls with the others, for each job seen."""
    noted = [occasion for occasion in those if occasion.beside is not None]
    jobs = sorted({job for occasion in noted for job in occasion.beside or ()})
    return contrasts(noted, jobs, lambda occasion, job: job in (occasion.beside or ()))


def wilson(trials: Trials, z: float) -> tuple[float, float]:
    """Return the Wilson score interval of a share (E. B. Wilson 1927); all of 0 to 1 without occasions."""
    n, share = trials.occasions, trials.share
    if n == 0:
        return 0.0, 1.0
    centre, half = share + z * z / (2 * n), z * sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    whole = 1 + z * z / n
    return max(0.0, (centre - half) / whole), min(1.0, (centre + half) / whole)


def _contrast(name: str, those: Sequence[Occasion], is_within: Callable[[Occasion, str], bool], z: float) -> Contrast:
    inside = [occasion.failed for occasion in those if is_within(occasion, name)]
    within = Trials(sum(inside), len(inside))
    without = Trials(sum(occasion.failed for occasion in those) - within.failed, len(those) - within.occasions)
    return Contrast(name, within, without, *_difference(within, without, z))


def _difference(one: Trials, other: Trials, z: float) -> tuple[float, float]:
    """Return the interval of the difference of two shares from their Wilson intervals (Newcombe 1998, method 10)."""
    (low, high), (other_low, other_high) = wilson(one, z), wilson(other, z)
    difference = one.share - other.share
    return (
        difference - hypot(one.share - low, other_high - other.share),
        difference + hypot(high - one.share, other.share - other_low),
    )


def _occasion(at: datetime, those: Sequence[CallGroup]) -> Occasion:
    noted = [group.beside for group in those if group.job is not None]
    return Occasion(
        at=at,
        failed=any(not group.ok for group in those),
        beside=frozenset(job for jobs in noted for job in jobs) if noted else None,
    )
