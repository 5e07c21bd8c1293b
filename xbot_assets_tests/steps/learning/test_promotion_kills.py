"""Killed anywhere while it trains and promotes: never two champions, never none."""

import json
import os
import subprocess
import sys

import pytest

from xbot_assets.testing.servers import SettingsFor

KILLS = int(os.environ.get("TEST_PROMOTION_KILLS", "15"))
"""More of them are asked for when the claim is checked."""


@pytest.mark.soak
@pytest.mark.slow
def test_whoever_is_killed_while_promoting_leaves_one_champion(settings_for: SettingsFor) -> None:
    """The one that the last promotion names and planning reads, cached or not; and the work goes on after each kill."""
    settings = settings_for()
    assert settings.database_url is not None
    assert settings.redis_url is not None
    parts = {
        "XBOT_HOME": str(settings.home),
        "XBOT_DATABASE_URL": settings.database_url.get_secret_value(),
        "XBOT_REDIS_URL": settings.redis_url.get_secret_value(),
        "XBOT_BROWSER_URL": "http://127.0.0.1:9",
        "XBOT_BROWSER_TOKEN": "t",
    }
    command = [sys.executable, "-P", "-m", "xbot_assets.testing.promotion_kills", str(KILLS), "1"]
    ended = subprocess.run(command, env=os.environ | parts, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    report = json.loads(ended.stdout)
    assert report["faults"] == []
    assert report["trained"] > KILLS
