"""Our own jobs as the model sees them, what they replace, and what that saves."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.jobs import DEFAULT_PRIORITY, Job, LegacyTraits, Way
from xbot_assets.replay.model.parameters import MINUTE

Share = Annotated[float, Field(gt=0, le=1)]


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CatalogueJob(_Entry):
    """A job of ours. Without a lane it uses no browser. ``basis`` says where the numbers come from.

    ``legacy_lock`` and ``legacy_priority`` say how the old pool would have treated it, for the question what
    consolidation alone saves: the level in the lock's queue (absent: no lock) and the pool's priority.
    """

    name: str
    basis: str = Field(min_length=1)
    interval_minutes: float = Field(gt=0)
    offset_minutes: float = Field(0, ge=0)
    lane: Lane | None = None
    seconds: float = Field(0, ge=0)
    share: Share = 1.0
    legacy_lock: int | None = Field(None, ge=0)
    legacy_priority: int = Field(DEFAULT_PRIORITY, ge=1, le=10)

    @model_validator(mode="after")
    def _browser_time_has_a_lane(self) -> Self:
        if (self.lane is None) != (self.seconds == 0):
            raise ValueError("browser seconds need a lane, and a lane needs browser seconds")
        return self

    def as_job(self) -> Job | None:
        """Return the job of the model, or ``None`` when it uses no browser."""
        if self.lane is None:
            return None
        locked = self.legacy_lock is not None
        traits = LegacyTraits(
            way=Way.LOCKED if locked else Way.POOL,
            priority=self.legacy_priority,
            lock_level=DEFAULT_PRIORITY if self.legacy_lock is None else self.legacy_lock,
            keeps_context=self.lane is Lane.CRITICAL,
        )
        interval, offset = self.interval_minutes * MINUTE, self.offset_minutes * MINUTE
        return Job(self.name, self.lane, interval, offset, self.seconds, self.share, legacy=traits)


class Occupancy(_Entry):
    """The share of a legacy job's ticks that need the browser, where its row says that not all do."""

    share: Share
    basis: str = Field(min_length=1)


class Variant(_Entry):
    """Other browser seconds of some jobs, to show what an assumption is worth."""

    what: str = Field(min_length=1)
    seconds: dict[str, float]


class Catalogue(_Entry):
    """Our jobs, parts that are not jobs, and what replaces each legacy row.

    Attributes:
        jobs: what runs on a schedule or when a sensor asks.
        parts: always-on parts of the system and what they do; they make no runs.
        replaced: legacy row to our job or part; or to ``"nothing: "`` and the reason.
        occupancy: legacy jobs whose ticks do not all need the browser.
        variants: by name.
    """

    jobs: tuple[CatalogueJob, ...] = Field(min_length=1)
    parts: dict[str, str]
    replaced: dict[str, str]
    occupancy: dict[str, Occupancy] = {}
    variants: dict[str, Variant] = {}

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        names = [job.name for job in self.jobs]
        known = {*names, *self.parts}
        named = {name for name in self.replaced.values() if not name.startswith("nothing: ")}
        varied = {name for variant in self.variants.values() for name in variant.seconds}
        if len(known) != len(names) + len(self.parts):
            raise ValueError("a job or part is named twice")
        if unknown := sorted((named - known) | (varied - set(names))):
            raise ValueError(f"not in the catalogue: {', '.join(unknown)}")
        return self

    def browser_jobs(self, variant: str | None = None) -> tuple[Job, ...]:
        """Return the jobs that use the browser, as they are or with a variant's seconds."""
        seconds = self.variants[variant].seconds if variant else {}
        changed = (job.model_copy(update={"seconds": seconds.get(job.name, job.seconds)}) for job in self.jobs)
        return tuple(job for one in changed if (job := one.as_job()) is not None)

    @property
    def runs_per_hour(self) -> float:
        """Runs of every job in an hour, with or without a browser."""
        return sum(60 / job.interval_minutes * job.share for job in self.jobs)


class Demand(BaseModel):
    """What a set of jobs asks for in an hour, on average; ``slots`` is the slots it would keep busy."""

    model_config = ConfigDict(frozen=True)

    browser_jobs: int
    browser_runs_per_hour: float
    browser_seconds_per_hour: float
    seconds_per_hour_by_lane: dict[str, float]
    slots: float


def demand_of(jobs: Sequence[Job]) -> Demand:
    """Add up what the jobs ask for at an overload of 1."""
    seconds = sum(job.seconds_per_hour for job in jobs)
    return Demand(
        browser_jobs=len(jobs),
        browser_runs_per_hour=sum(job.runs_per_hour for job in jobs),
        browser_seconds_per_hour=seconds,
        seconds_per_hour_by_lane=_by_lane(jobs),
        slots=seconds / 3600,
    )


def _by_lane(jobs: Sequence[Job]) -> dict[str, float]:
    return {str(lane): sum(job.seconds_per_hour for job in jobs if job.lane is lane) for lane in Lane}


def unmapped(catalogue: Catalogue, legacy_names: Sequence[str]) -> Mapping[str, list[str]]:
    """Return legacy rows that nothing replaces, and replacements of rows that do not exist."""
    return {
        "without_replacement": sorted(set(legacy_names) - set(catalogue.replaced)),
        "unknown": sorted(set(catalogue.replaced) - set(legacy_names)),
    }
