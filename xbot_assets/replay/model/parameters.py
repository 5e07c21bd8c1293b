"""Every number of the model that is a choice, with its bounds and its source."""

from pydantic import BaseModel, ConfigDict, Field

MINUTE = 60.0
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Parameters(BaseModel):
    """The model's numbers; "legacy" ones are those of the old pool, read in its code and taken as facts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: float = Field(7, gt=0, le=60, description="Length of the tape.")
    seed: int = Field(1, ge=0, description="Seed of the tape: same seed, same arrivals and service times.")
    variation: float = Field(
        0.5, ge=0, le=2, description="Coefficient of variation of service times (lognormal around each job's mean)."
    )
    restart_hours: float = Field(
        24, gt=0, le=1440, description="The old service started anew this often: new phases, one more burst of starts."
    )
    slots: int = Field(3, ge=1, le=16, description="Operations that may run at once: the old pool's contexts too.")
    operation_seconds: float = Field(
        60, gt=0, le=3600, description="A longer run is several operations of equal length, each queueing again."
    )
    no_return_share: float = Field(
        0.8, ge=0, le=1, description="Low work past this share of its operation is not pre-empted any more."
    )
    window_seconds: float = Field(
        120, ge=0, le=3600, description="Posting window: no high or low run starts this long before a critical one."
    )
    start_seconds: float = Field(
        1.2, ge=0, le=60, description="Process start of one Dagster run, forked: median measured on 2 cores under load."
    )
    legacy_queue_seconds: float = Field(60, gt=0, le=3600, description="Legacy: an operation waits this long at most.")
    legacy_lock_seconds: float = Field(
        180, gt=0, le=3600, description="Legacy: the lock is given up after this; the work goes on without it."
    )
    legacy_high_priority_max: int = Field(5, ge=0, le=10, description="Legacy: numbers up to this count as high.")
    legacy_context_operations: int = Field(25, ge=1, le=1000, description="Legacy: a context is replaced after these.")
    legacy_context_seconds: float = Field(
        0.25, ge=0, le=60, description="Replacing a context with its stored session: 228 ms and 13 ms, measured."
    )
    legacy_page_seconds: float = Field(
        0.12, ge=0, le=60, description="Legacy, leaking pages: a page is opened in 118 ms (measured), then let go of."
    )
    legacy_probe_seconds: float = Field(
        1.5, ge=0, le=60, description="Legacy health gate: metrics jobs skip a run when the pool answers later."
    )

    @property
    def horizon(self) -> float:
        """The tape's length in seconds."""
        return self.days * DAY

    @property
    def restart_seconds(self) -> float:
        """Seconds from one start of the old service to the next."""
        return self.restart_hours * HOUR
