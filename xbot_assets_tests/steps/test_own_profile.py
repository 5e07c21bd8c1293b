"""Who the account is: asked of one object, also where there is no database."""

from pathlib import Path

import pytest

import xbot_assets
from xbot_assets.settings import Settings
from xbot_assets.steps.own_profile import Profile

ASKS_ITSELF = ("cli", "defs", "jobs", "runtime", "service", "steps")
"""What rests on the steps; the rooms below them are given the settings."""


def test_its_profile_stands_on_the_site_that_is_named(tmp_path: Path) -> None:
    """Without one the sandbox is not up, and nobody can look."""
    named = Profile(Settings(home=tmp_path, handle="me", target_url="http://127.0.0.1:9"))
    assert (named.handle, named.profile_path, named.profile_url) == ("me", "/me", "http://127.0.0.1:9/me")
    assert Profile(Settings(home=tmp_path, handle="me")).profile_url is None


@pytest.mark.parametrize("layer", ASKS_ITSELF)
def test_only_the_profile_reads_the_account_s_name_in_the_settings(layer: str) -> None:
    """Whoever makes a second account has one place to change."""
    files = sorted((Path(xbot_assets.__file__).parent / layer).rglob("*.py"))
    reading = [file.stem for file in files if "settings.handle" in file.read_text(encoding="utf-8")]
    assert reading == (["own_profile"] if layer == "steps" else [])
