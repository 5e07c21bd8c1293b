"""The guard's own promises: a session ends by itself, and belongs to one person."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from starlette.requests import Request

from xbot_assets.door.guard import COOKIE, Guard
from xbot_assets.door.sessions import SESSION_LIFE, Session
from xbot_assets.settings import Settings


def request_with(cookie: str) -> Request:
    """Return a request that carries a session's cookie and nothing else."""
    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})


def move_the_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let everybody who asks for the time hear a later one."""
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + by.total_seconds())


def test_a_session_holds_for_a_day_s_work_and_no_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that is left open, and a cookie that was copied out of it, are of no use the next day."""
    guard = Guard(lambda: Settings(home=tmp_path))
    session = guard.sessions.begin("Anna é")
    move_the_clock(monkeypatch, SESSION_LIFE - timedelta(minutes=1))
    assert guard.session_of(request_with(session.cookie)) == session
    move_the_clock(monkeypatch, timedelta(minutes=2))
    assert guard.session_of(request_with(session.cookie)) is None


def test_two_sessions_of_one_name_have_different_form_tokens(tmp_path: Path) -> None:
    """A form that was shown to one of them is not sent in the other's name."""
    guard = Guard(lambda: Settings(home=tmp_path))
    tokens = {guard.sessions.form_token(guard.sessions.begin("anna")) for _ in range(2)}
    assert len(tokens) == 2


def test_a_form_token_is_no_session_and_a_session_no_form_token(tmp_path: Path) -> None:
    """What is signed for one use is worth nothing for the other."""
    guard = Guard(lambda: Settings(home=tmp_path))
    session = guard.sessions.begin("anna")
    token = guard.sessions.form_token(session)
    assert guard.session_of(request_with(f"{session.cookie.rpartition('.')[0]}.{token}")) is None
    assert guard.sessions.form_token(Session("anna", session.cookie)) == token != session.cookie.rpartition(".")[2]
