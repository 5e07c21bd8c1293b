"""The sealed session before a start and in the doctor's report."""

from datetime import timedelta
from pathlib import Path

import pytest

from xbot_assets.browser.session.key import find_or_make_key
from xbot_assets.browser.session.source import session_path
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.checks import check_files
from xbot_assets.runtime.doctor.examination import session_state
from xbot_assets.runtime.doctor.warned import Warned
from xbot_assets.settings import Settings
from xbot_assets_tests.browser.sessions import COOKIE_VALUE, a_state, sealed, store

NOW = system_now()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Return settings of shadow mode, with a key."""
    chosen = Settings(mode="shadow", handle="me", home=tmp_path / ".xbot", session_key_path=tmp_path / "session.key")
    find_or_make_key(chosen)
    return chosen


def put(settings: Settings, *, days_old: int = 0, days_left: float | None = None) -> None:
    """Seal a session of that age, whose login ends in so many days."""
    expires = -1 if days_left is None else (NOW + timedelta(days=days_left)).timestamp()
    made = NOW - timedelta(days=days_old)
    text = sealed(find_or_make_key(settings), "me", "https://x.com", a_state(expires=expires), at=made)
    store(session_path(settings), text)


@pytest.mark.parametrize(("days", "age"), [(0, "today"), (1, "a day ago"), (40, "40 days ago")])
def test_the_doctor_tells_whose_session_it_is_and_how_old(settings: Settings, days: int, age: str) -> None:
    """And never a cookie."""
    put(settings, days_old=days)
    assert session_state(settings, NOW) == f"Sealed for @me {age}."


def test_the_doctor_tells_until_when_the_login_lasts_and_warns_in_time(settings: Settings) -> None:
    """A login that is about to end is renewed before it holds publishing."""
    put(settings, days_left=100)
    assert f"its login ends on {NOW + timedelta(days=100):%Y-%m-%d}" in session_state(settings, NOW)
    put(settings, days_left=settings.session_warning_days - 1)
    with pytest.raises(Warned) as caught:
        session_state(settings, NOW)
    assert "xbot login" in caught.value.remedy
    assert COOKIE_VALUE not in str(caught.value)


def test_a_start_needs_a_session_that_opens(settings: Settings) -> None:
    """What is missing or damaged is found before anything starts; the sandbox needs none."""
    with pytest.raises(PermanentFailure) as caught:
        check_files(settings)
    assert caught.value.code == "session_missing"
    put(settings)
    check_files(settings)
    session_path(settings).write_text("garbage")
    with pytest.raises(PermanentFailure) as caught:
        check_files(settings)
    assert caught.value.code == "session_damaged"
    check_files(Settings(home=settings.home))


def test_a_session_that_has_ended_lets_the_stack_start(settings: Settings) -> None:
    """After a restart at night the pages are up, and the alert on them says what to do."""
    put(settings, days_left=-1)
    check_files(settings)
    with pytest.raises(PermanentFailure, match="ended on"):
        session_state(settings, NOW)


def test_a_session_that_a_browser_host_on_another_machine_keeps_is_not_asked_for_here(settings: Settings) -> None:
    """Its key and what it opens are there; a host on this machine has them here."""
    elsewhere = settings.model_copy(update={"browser_url": "http://browser.example:7404"})
    check_files(elsewhere)
    assert session_state(elsewhere, NOW) == "The browser host keeps it, on another machine."
    with pytest.raises(PermanentFailure):
        check_files(settings.model_copy(update={"browser_url": "http://127.0.0.1:7404"}))
