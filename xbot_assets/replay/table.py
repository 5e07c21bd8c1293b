"""A replay as plain text for a terminal."""

from collections.abc import Iterator, Sequence

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.catalogue import Demand
from xbot_assets.replay.model.comparison import Claim
from xbot_assets.replay.model.course import Outcome
from xbot_assets.replay.model.measures import ALL_LANES
from xbot_assets.replay.model.policies import MEANING, Policy
from xbot_assets.replay.study import PlayRow, Replay

HEAD = (
    "policy", "lane", "arrived", "served", "skipped", "gave up", "waiting", "p50", "p95", "p99", "max", "mean", "total",
    "starved", "s/h done", "use",
)  # fmt: skip
CLAIM_HEAD = ("promise", "load", "promised", "before", "after", "model", "kept")


def as_text(replay: Replay) -> str:
    """Return the tables, one line an entry; waits are in seconds, "starved" is the longest single stay of low work."""
    return "\n".join(_lines(replay)) + "\n"


def _lines(replay: Replay) -> Iterator[str]:
    numbers = replay.parameters
    yield f"{numbers.days:g} days, seed {numbers.seed}, {numbers.slots} slots, variation {numbers.variation:g}"
    yield f"{len(replay.taken)} rows taken, {len(replay.left_out)} left out:"
    yield from (f"  {count:3d} {why}" for why, count in _reasons(replay))
    yield ""
    yield from _demand(replay)
    yield ""
    yield from (f"{policy:15s} {MEANING[policy]}" for policy in _policies(replay))
    for tape, overload in dict.fromkeys((row.tape, row.overload) for row in replay.plays):
        yield f"\n{tape}, load x{overload:g}; waits in seconds"
        rows = [row for row in replay.plays if (row.tape, row.overload) == (tape, overload)]
        yield from aligned([HEAD, *(line for row in rows for line in _play_lines(row))], left=2)
    yield "\nPromised beside the model"
    yield from aligned([CLAIM_HEAD, *(_claim_line(claim) for claim in replay.comparison)], left=1)
    yield ""
    yield from (f"- {note}" for note in replay.notes)


def _reasons(replay: Replay) -> list[tuple[str, int]]:
    reasons = list(replay.left_out.values())
    return sorted(((why, reasons.count(why)) for why in set(reasons)), key=lambda pair: (-pair[1], pair[0]))


def _policies(replay: Replay) -> list[Policy]:
    return list(dict.fromkeys(row.policy for row in replay.plays))


def _demand(replay: Replay) -> Iterator[str]:
    both = replay.consolidation
    head = ("in an hour", "browser s", "slots", "critical", "high", "low", "browser runs", "jobs with browser")
    variants = [(f"  {name}", demand) for name, demand in both.variants.items()]
    rows = [("legacy", both.legacy), ("ours", both.ours), *variants]
    yield from aligned([head, *(_demand_line(name, demand) for name, demand in rows)], left=1)
    yield f"all runs in an hour: {both.legacy_runs_per_hour:.0f} -> {both.our_runs_per_hour:.0f}; " + ", ".join(
        f"{name.replace('_', ' ')} saved {share:.0%}" for name, share in both.saved.items()
    )
    yield f"{both.legacy_rows} legacy rows -> {both.our_jobs} jobs"
    yield from (f"{problem}: {', '.join(names)}" for problem, names in both.mapping_problems.items())


def _demand_line(name: str, demand: Demand) -> tuple[str, ...]:
    lanes = (f"{demand.seconds_per_hour_by_lane[lane]:.0f}" for lane in Lane)
    seconds, runs = f"{demand.browser_seconds_per_hour:.0f}", f"{demand.browser_runs_per_hour:.1f}"
    return name, seconds, f"{demand.slots:.2f}", *lanes, runs, str(demand.browser_jobs)


def _play_lines(row: PlayRow) -> Iterator[tuple[str, ...]]:
    for lane in (*Lane, ALL_LANES):
        measures = row.measures.lanes[lane]
        counts, waits = measures.outcomes, measures.waits
        skipped = counts[Outcome.OVERLAP.name.lower()] + counts[Outcome.HEALTH_GATE.name.lower()]
        whole = lane == ALL_LANES
        yield (
            str(row.policy) if lane is Lane.CRITICAL else "",
            str(lane),
            *map(str, (measures.arrived, counts["served"], skipped, counts["queue_timeout"])),
            f"{waits.share_waiting:.1%}",
            *(f"{value:.1f}" for value in (waits.p50, waits.p95, waits.p99, waits.max, waits.mean)),
            f"{waits.total:.0f}",
            f"{row.measures.longest_low_wait:.1f}" if lane is Lane.LOW else "",
            f"{measures.served_seconds_per_hour:.0f}",
            f"{row.measures.utilisation:.1%}" if whole else "",
        )


def _claim_line(claim: Claim) -> tuple[str, ...]:
    before = "" if claim.before is None else f"{claim.before:.4g}"
    load = "" if claim.overload is None else f"x{claim.overload:g}"
    model = f"{claim.model:.1f} s" if claim.before is None else f"{-claim.model:+.1%}"
    return claim.claim, load, claim.promised, before, f"{claim.after:.4g}", model, "yes" if claim.kept else "NO"


def aligned(rows: Sequence[Sequence[str]], *, left: int) -> Iterator[str]:
    """Yield the rows in columns; the first ``left`` columns are aligned to the left."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            cell.ljust(width) if index < left else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()
