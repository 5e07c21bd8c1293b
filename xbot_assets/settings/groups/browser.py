"""The browser host and its slots."""

from pydantic import BaseModel, Field


class BrowserSettings(BaseModel):
    """The browser host and its slots."""

    browser_slots: int = Field(3, ge=3, le=4, description="Operations that may run at once: one lane each.")
    browser_start_attempts: int = Field(3, ge=1, le=10, description="Tries to start Chromium before giving up.")
    session_check_minutes: float = Field(
        10, ge=1, le=1440, description="Between two looks whether the session is still logged in."
    )
    browser_depth_alert: int = Field(10, ge=1, le=1000, description="Alert when more runs wait for the browser.")
    browser_wait_alert_minutes: float = Field(5, gt=0, le=1440, description="Alert when the average wait is longer.")
    browser_fourth_context: bool = Field(default=False, description="Open one more slot while memory allows.")
    fourth_context_free_min_mb: float = Field(
        1024, ge=0, le=10_000_000, description="The fourth slot closes below this much free memory; opens 200 MB above."
    )
    context_memory_max_mb: float = Field(
        100, ge=1, le=10_000, description="A browser context that holds more is replaced by a new one."
    )
    publish_deadline_seconds: float = Field(120, ge=5, le=600, description="One publish may take this long.")
    read_deadline_seconds: float = Field(60, ge=5, le=300, description="One read of a page or list may take this long.")
    read_post_seconds: float = Field(10, ge=1, le=60, description="Added to a batch's deadline for each of its posts.")
