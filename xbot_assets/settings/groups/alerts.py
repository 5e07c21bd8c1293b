"""Where alerts go, when, and who is told when nothing comes any more."""

from pydantic import BaseModel, Field, SecretStr, field_validator

from xbot_assets.domain.policy.quiet import QuietHours


class AlertSettings(BaseModel):
    """Where alerts go, when, and who is told when nothing comes any more."""

    alert_urls: SecretStr | None = Field(
        None, description="Channels as apprise writes them, with spaces between: tgram://..., ntfys://..., mailto://..."
    )
    alert_link: str = Field(
        "",
        description="The status page as your phone reaches it, for links in messages. Empty: as this machine does.",
    )
    alert_quiet_hours: str = Field(
        "", description="Nothing but critical alerts is sent in this stretch of the day, as 23:00-07:00. Empty: none."
    )
    alert_digest_minutes: float = Field(
        30,
        ge=0,
        le=1440,
        description="Warnings are gathered so long into one message; critical alerts go at once.",
    )
    alert_retry_seconds_max: float = Field(
        300, ge=1, le=3600, description="Longest pause before a message that a channel refused is tried again."
    )
    deadman_url: SecretStr | None = Field(
        None,
        description="Asked once a period while all is well, as healthchecks.io wants it.",
    )
    deadman_seconds: float = Field(60, ge=5, le=3600, description="That period.")

    # what the service watches, in real time
    part_down_seconds: float = Field(
        60, ge=1, le=3600, description="A part that is not well for so long is told; shorter troubles mend themselves."
    )
    critical_silence_minutes: float = Field(
        30, ge=1, le=1440, description="Alert when posting or planning had work for so long and nothing was done."
    )
    memory_warn_mb: float = Field(
        512, ge=0, le=10_000_000, description="Alert when less memory is free on the stack's machine. 0: never."
    )
    memory_shed_mb: float = Field(
        256, ge=0, le=10_000_000, description="Reading what others write waits while less memory is free. 0: never."
    )

    @field_validator("alert_quiet_hours")
    @classmethod
    def _readable_quiet_hours(cls, value: str) -> str:
        if value:
            QuietHours.parse(value)
        return value

    @property
    def alerts_quiet(self) -> QuietHours | None:
        """When only critical alerts are sent."""
        return QuietHours.parse(self.alert_quiet_hours) if self.alert_quiet_hours else None

    @property
    def alert_channels(self) -> tuple[str, ...]:
        """The channels' addresses, which hold secrets."""
        return tuple(self.alert_urls.get_secret_value().split()) if self.alert_urls else ()
