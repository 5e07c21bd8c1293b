"""Reads the old system's jobs from a CSV file, whole or not at all.

Which rows are taken, so that no browser second counts twice: a row is taken when its ``scheduled...`` column starts
with "yes" and it uses a browser. One that starts with "no" is left out with the reason the file gives: its work is
inside another row (nested) and counted there, it ran once at start, it was added later, or only by hand.

Lanes are the product's: content is critical, metrics and harvesting are high, everything else is low. How the old pool
treated a job is read off ``browser_path`` ("semaphore..." took the lock first, "pool..." did not, "own..." was outside
the pool) and ``declared_priority`` ("pool 2", "pool default 5", "sem METRICS=2"). A job that names its own pool
priority did its work inside the pool's operation; "pool default" marks one that only took a page from it. Other
columns are evidence for people and not used.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.lanes import Lane
from xbot_assets.regular_files import read_regular
from xbot_assets.replay.model.jobs import DEFAULT_PRIORITY, Job, LegacyTraits, Way
from xbot_assets.replay.model.parameters import MINUTE

COLUMNS = (
    "name",
    "interval_min",
    "offset_min",
    "uses_browser",
    "typical_browser_seconds",
    "layer",
    "browser_path",
    "declared_priority",
)
SCHEDULED = "scheduled"
"""How the name of the column starts that says whether a row was scheduled; it goes on with a commit."""
GROUP_LANES = {"content": Lane.CRITICAL, "metrics": Lane.HIGH, "harvesting": Lane.HIGH}
WAYS = {"semaphore": Way.LOCKED, "pool": Way.POOL, "own": Way.OUTSIDE}
NO_BROWSER = "scheduled, without a browser"

Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class JobsFile:
    """What was read.

    Attributes:
        jobs: the rows taken, with every tick needing the browser.
        left_out: the other rows and why.
        scheduled_runs_per_hour: runs of every scheduled row, with or without a browser.
    """

    jobs: tuple[Job, ...]
    left_out: dict[str, str]
    scheduled_runs_per_hour: float

    @property
    def names(self) -> list[str]:
        """Return the name of every row."""
        return [*(job.name for job in self.jobs), *self.left_out]


def read_jobs_file(path: Path) -> JobsFile:
    """Read the file.

    Raises:
        PermanentFailure: code ``bad_jobs_file``; the reason lists every problem in the file.
    """
    rows = [_narrow(row) for row in _rows(path)]
    problems = [problem for line, row in enumerate(rows, start=2) for problem in _problems(line, row)]
    problems += _repeated(rows)
    if problems or not rows:
        raise _bad(path, problems or ["it has no rows"])
    taken = [row for row in rows if _scheduled(row) and _uses_browser(row)]
    return JobsFile(
        jobs=tuple(_job(row) for row in taken),
        left_out={row["name"]: _why_left_out(row) for row in rows if row not in taken},
        scheduled_runs_per_hour=sum(60 / float(row["interval_min"]) for row in rows if _scheduled(row)),
    )


def _rows(path: Path) -> list[dict[str | None, str | list[str] | None]]:
    try:
        with io.TextIOWrapper(io.BytesIO(read_regular(path)), encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream, strict=True)
            rows: list[dict[str | None, str | list[str] | None]] = list(reader)
            names = tuple(reader.fieldnames or ())
    except OSError as error:
        raise _bad(path, [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise _bad(path, ["is not UTF-8 text"]) from error
    except csv.Error as error:
        raise _bad(path, [f"is not CSV: {error}"]) from error
    if missing := list(_missing_columns(names)):
        raise _bad(path, missing)
    return rows


def _missing_columns(names: tuple[str, ...]) -> Iterator[str]:
    for wanted in COLUMNS:
        if names.count(wanted) != 1:
            yield f"needs one column {wanted!r}, has {names.count(wanted)}"
    if (count := sum(name.startswith(SCHEDULED) for name in names)) != 1:
        yield f"needs one column whose name starts with {SCHEDULED!r}, has {count}"


def _narrow(row: Mapping[str | None, object]) -> dict[str, str]:
    """Make a row plain text by column; too few or too many fields become the field ``""``."""
    plain = {key: value.strip() for key, value in row.items() if key is not None and isinstance(value, str)}
    plain[SCHEDULED] = next((value for key, value in plain.items() if key.startswith(SCHEDULED)), "")
    if len(plain) != len(row) + 1:
        plain[""] = "has too few or too many fields"
    return plain


def _problems(line: int, row: Row) -> Iterator[str]:
    where = f"line {line} ({row.get('name') or 'no name'})"
    if "" in row:
        yield f"{where}: {row['']}"
        return
    for problem in (*_word_problems(row), *_number_problems(row), *_path_problems(row)):
        yield f"{where}: {problem}"


def _word_problems(row: Row) -> Iterator[str]:
    if not row["name"]:
        yield "has no name"
    if row["uses_browser"] not in {"yes", "no"}:
        yield f"uses_browser is {row['uses_browser']!r}, not yes or no"
    if not re.match(r"(yes|no)\b", row[SCHEDULED]):
        yield f"{SCHEDULED}... is {row[SCHEDULED]!r}, and starts with neither yes nor no"


def _number_problems(row: Row) -> Iterator[str]:
    for column in ("interval_min", "offset_min", "typical_browser_seconds"):
        text = row[column]
        if text and not re.fullmatch(r"\d+(\.\d+)?", text):
            yield f"{column} is {text!r}, not a number of 0 or more"
        elif _scheduled(row) and not text:
            yield f"{column} is empty, but the job was scheduled"
    if _scheduled(row) and re.fullmatch(r"0+(\.0+)?", row["interval_min"]):
        yield "interval_min is 0"


def _path_problems(row: Row) -> Iterator[str]:
    if not (_scheduled(row) and _uses_browser(row)):
        return
    if _way(row) is None:
        yield f"browser_path is {row['browser_path']!r}, and starts with none of {', '.join(WAYS)}"
    if re.fullmatch(r"0*(\.0+)?", row["typical_browser_seconds"]):
        yield "uses a browser for 0 seconds"


def _repeated(rows: list[dict[str, str]]) -> Iterator[str]:
    names = [row.get("name", "") for row in rows]
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        yield f"{name} is there {names.count(name)} times"


def _scheduled(row: Row) -> bool:
    return row[SCHEDULED].startswith("yes")


def _uses_browser(row: Row) -> bool:
    return row["uses_browser"] == "yes"


def _why_left_out(row: Row) -> str:
    if _scheduled(row):
        return NO_BROWSER
    why = row[SCHEDULED].removeprefix("no").strip().removeprefix("(").removesuffix(")") or "not scheduled"
    return f"nested, counted where it runs: {why}" if why.startswith("inside") else f"not scheduled: {why}"


def _way(row: Row) -> Way | None:
    return next((way for word, way in WAYS.items() if row["browser_path"].startswith(word)), None)


def _job(row: Row) -> Job:
    return Job(
        name=row["name"],
        lane=GROUP_LANES.get(row["layer"].split("/")[0], Lane.LOW),
        interval_seconds=float(row["interval_min"]) * MINUTE,
        offset_seconds=float(row["offset_min"]) * MINUTE,
        mean_seconds=float(row["typical_browser_seconds"]),
        legacy=_traits(row),
    )


def _traits(row: Row) -> LegacyTraits:
    declared = row["declared_priority"]
    pool = re.search(r"\bpool (default )?(\d+)", declared)
    lock = re.search(r"\bsem \w+=(\d+)", declared)
    return LegacyTraits(
        way=_way(row) or Way.POOL,
        priority=int(pool[2]) if pool else DEFAULT_PRIORITY,
        lock_level=int(lock[1]) if lock else DEFAULT_PRIORITY,
        gated="health gate first" in row["browser_path"],
        keeps_context=bool(pool and not pool[1]),
    )


def _bad(path: Path, problems: list[str]) -> PermanentFailure:
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return PermanentFailure(
        f"{len(problems)} problem(s) in {path.name}:\n{listed}",
        code=FailureCode.BAD_JOBS_FILE,
        remedy="\nCorrect the file; nothing of it was used.",
    )
