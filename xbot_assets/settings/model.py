"""All settings as one object."""

from datetime import timedelta
from pathlib import Path

from pydantic import ConfigDict, field_validator, model_validator

from xbot_assets.settings.places import PARTS_FILE, whole_path
from xbot_assets.settings.rules import RuleSettings


class Settings(RuleSettings):
    """Everything that can be set. Each field is ``XBOT_`` plus its name in capitals.

    A plain model: :func:`~xbot_assets.settings.loading.load_settings` reads the environment, so that everything can be
    checked as one.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, validate_default=True)

    @field_validator(
        "home",
        "persona_path",
        "browser_path",
        "session_path",
        "session_key_path",
        "prices_path",
        "templates_path",
        "backup_path",
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        """Resolve early, so that a later change of directory cannot move a file."""
        return whole_path(value) if value else None

    @model_validator(mode="after")
    def _no_worker_outlives_the_wait(self) -> "Settings":
        """An unconfirmed post must not be queued again while whoever had it could still click."""
        longest = self.lease + timedelta(seconds=self.publish_deadline_seconds)
        if self.requeue_after <= longest:
            minutes = longest.total_seconds() / 60
            raise ValueError(
                f"XBOT_REQUEUE_AFTER_MINUTES must be more than {minutes:g}: XBOT_CLAIM_LEASE_MINUTES and "
                "XBOT_PUBLISH_DEADLINE_SECONDS together"
            )
        return self

    @property
    def lease(self) -> timedelta:
        """How long a claimed post belongs to its worker."""
        return timedelta(minutes=self.claim_lease_minutes)

    @property
    def parts_file(self) -> Path:
        """Where running parts write their endpoints (mode 0600)."""
        return self.home / PARTS_FILE
