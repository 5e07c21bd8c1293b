"""All settings as one object."""

from datetime import timedelta
from pathlib import Path

from pydantic import field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from xbot_assets.settings.approval import ApprovingSettings
from xbot_assets.settings.browser import BrowserSettings
from xbot_assets.settings.content import ContentSettings
from xbot_assets.settings.endpoints import PartsSettings
from xbot_assets.settings.gates import GatingSettings
from xbot_assets.settings.learning import LearningSettings
from xbot_assets.settings.pace import PacingSettings
from xbot_assets.settings.places import PARTS_FILE
from xbot_assets.settings.publishing import PublishingSettings
from xbot_assets.settings.recovery import RecoverySettings
from xbot_assets.settings.stores import DataSettings


class Settings(
    LearningSettings,
    PacingSettings,
    PublishingSettings,
    RecoverySettings,
    ApprovingSettings,
    GatingSettings,
    ContentSettings,
    BrowserSettings,
    DataSettings,
    PartsSettings,
    BaseSettings,
):
    """Everything that can be set. Each field is ``XBOT_`` plus its name in capitals."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    @field_validator(
        "home",
        "persona_path",
        "browser_path",
        "session_path",
        "session_key_path",
        "prices_path",
        "templates_path",
    )
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        """Resolve early, so that a later change of directory cannot move a file."""
        return value.expanduser().absolute() if value else None

    @model_validator(mode="after")
    def _no_worker_outlives_a_doubt(self) -> "Settings":
        """A post in doubt must not be queued again while whoever had it could still click."""
        longest = self.lease + timedelta(seconds=self.publish_deadline_seconds)
        if self.requeue_after <= longest:
            minutes = longest.total_seconds() / 60
            raise ValueError(
                f"XBOT_REQUEUE_AFTER_MINUTES must be more than {minutes:g}: XBOT_CLAIM_LEASE_MINUTES and "
                "XBOT_PUBLISH_DEADLINE_SECONDS together"
            )
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Everything comes in through :func:`load_settings`, so that it can be checked as one."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def lease(self) -> timedelta:
        """How long a claimed post belongs to its worker."""
        return timedelta(minutes=self.claim_lease_minutes)

    @property
    def requeues_in_doubt(self) -> bool:
        """Whether a post that is surely not on X goes back to the queue by itself."""
        return self.mode != "live" if self.requeue_in_doubt is None else self.requeue_in_doubt

    @property
    def post_spacing(self) -> timedelta:
        """The least time between two posts."""
        return timedelta(minutes=self.post_spacing_minutes)

    @property
    def segment_spacing(self) -> timedelta:
        """The least time between two segments of a thread."""
        return timedelta(seconds=self.thread_segment_seconds)

    @property
    def is_shadow(self) -> bool:
        """Whether everything is done but the click: shadow mode."""
        return self.mode == "shadow"

    @property
    def parts_file(self) -> Path:
        """Where running parts write their endpoints (mode 0600)."""
        return self.home / PARTS_FILE
