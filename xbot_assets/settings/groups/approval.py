"""Approval, the policy rules, and who may open the pages."""

from datetime import UTC, date, datetime, time
from typing import Literal

from pydantic import BaseModel, Field, SecretStr, ValidationInfo, field_validator

from xbot_assets.domain.policy.quiet import QuietHours

TOKEN_MIN_CHARS = 24
"""What a program that makes tokens gives at least; a password that one can remember is refused."""


class ApprovalSettings(BaseModel):
    """Approval, the policy rules, and who may open the pages."""

    approval: Literal["off", "replies", "all"] | None = Field(
        None, description="Posts that a person must approve: off, replies, all. Empty: replies when live, else off."
    )
    replies_engaged_only: bool = Field(default=True, description="Answer only who engaged with the account lately.")
    engaged_within_days: int = Field(7, ge=1, le=365, description="An engagement counts for so many days.")
    replies_per_author_max: int = Field(2, ge=1, le=50, description="Most replies to one author in 24 hours.")
    automated_label_required: bool | None = Field(
        None, description="Publish only with X's label of automated accounts. Empty: when live."
    )
    automated_label_set: bool = Field(
        default=False, description="Your word that you switched the label on; needed only where X's page does not tell."
    )
    account_age_days_min: int = Field(
        30, ge=0, le=3650, description="A live account younger than this publishes nothing by itself."
    )
    account_created_on: date | None = Field(
        None, description="When the account was made, as 2024-05-31; needed only where X's page does not tell."
    )
    quiet_hours: str = Field(
        "", description="No publishing in this stretch of the day in your time zone, as 23:00-07:00. Empty: none."
    )

    # who may open the pages
    service_token: SecretStr | None = Field(
        None,
        description="What opens the pages and the Dagster UI ('xbot open' logs you in). Empty: open in the sandbox; in "
        f"shadow and live one is made at the first start. At least {TOKEN_MIN_CHARS} characters.",
    )
    service_names: str = Field(
        "", description="Names or addresses that the pages may be opened by from elsewhere, separated by commas."
    )
    service_bind: Literal["loopback", "all"] = Field(
        "loopback", description="all: the pages answer other machines too, behind service_token."
    )

    service_request_seconds: float = Field(
        10,
        ge=1,
        le=300,
        description="The pages, the Dagster UI and the browser host wait so long for a whole request.",
    )

    @field_validator("quiet_hours")
    @classmethod
    def _readable(cls, value: str) -> str:
        if value:
            QuietHours.parse(value)
        return value

    @field_validator("service_token")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < TOKEN_MIN_CHARS:
            raise ValueError(f"it must have at least {TOKEN_MIN_CHARS} characters")
        return value

    @field_validator("service_bind")
    @classmethod
    def _guarded(cls, value: str, info: ValidationInfo) -> str:
        """Refuse open doors: pages that publish in the owner's name need a token and the names they answer to."""
        if value == "all" and not (info.data.get("service_token") and info.data.get("service_names")):
            raise ValueError("'all' needs service_token and service_names")
        return value

    @property
    def quiet(self) -> QuietHours | None:
        """The quiet hours, if there are any."""
        return QuietHours.parse(self.quiet_hours) if self.quiet_hours else None

    @property
    def hosts(self) -> list[str]:
        """The names, besides this machine's own, that the pages may be asked for by."""
        return [name.strip() for name in self.service_names.split(",") if name.strip()]

    @property
    def account_created_at(self) -> datetime | None:
        """The account's age as the owner gave it; the day's end, so that it is never taken for older than it is."""
        return datetime.combine(self.account_created_on, time.max, UTC) if self.account_created_on else None
