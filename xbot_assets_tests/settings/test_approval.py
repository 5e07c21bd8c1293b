"""The settings of approval and of who may open the pages: what would leave a door open is refused at the start."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xbot_assets.settings import Settings, SettingsError, load_settings

TOKEN = "a-token-that-no-one-can-guess-42"  # noqa: S105 - a made-up one


def load(tmp_path: Path, **values: str) -> Settings:
    """Load with an empty home, so that no running stack leaks in."""
    environ = {f"XBOT_{name.upper()}": value for name, value in values.items()}
    return load_settings({"XBOT_HOME": str(tmp_path / ".xbot"), **environ})


@pytest.mark.parametrize(
    "values",
    [
        {"service_bind": "all"},
        {"service_bind": "all", "service_token": TOKEN},
        {"service_bind": "all", "service_names": "xbot.example"},
        {"service_token": "hunter2"},
        {"quiet_hours": "from ten"},
        {"approval": "some"},
        {"account_created_on": "long ago"},
    ],
)
def test_a_door_left_open_and_a_value_that_means_nothing_are_refused(tmp_path: Path, values: dict[str, str]) -> None:
    """And no token is repeated in the message."""
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **values)
    assert TOKEN not in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_the_pages_may_be_opened_wider_behind_a_token_and_under_names(tmp_path: Path) -> None:
    """Names are separated by commas."""
    settings = load(tmp_path, service_bind="all", service_token=TOKEN, service_names="xbot.example, 10.0.0.5")
    assert settings.hosts == ["xbot.example", "10.0.0.5"]
    assert TOKEN not in repr(settings)


def test_an_account_is_never_taken_for_older_than_the_owner_said(tmp_path: Path) -> None:
    """The day's last moment counts."""
    settings = load(tmp_path, account_created_on="2024-05-31")
    assert settings.account_created_at is not None
    assert settings.account_created_at.replace(microsecond=0) == datetime(2024, 5, 31, 23, 59, 59, tzinfo=UTC)
    assert load(tmp_path).quiet is None
    assert load(tmp_path, quiet_hours="23:00-07:00").quiet is not None
