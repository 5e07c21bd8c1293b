"""The control endpoints, restarts, and the process itself."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from xbot_assets_tests.sandbox.sandbox_rig import ROOT, TOKEN, Account, Sandbox

CONTROL = [
    ("GET", "clock"),
    ("PUT", "clock"),
    ("POST", "reset"),
    ("POST", "session"),
    ("GET", "faults"),
    ("PUT", "faults"),
    ("GET", "ledger"),
    ("GET", "llm/usage"),
]


@pytest.mark.parametrize(("method", "path"), CONTROL)
@pytest.mark.parametrize("token", ["", "Bearer wrong", TOKEN])
def test_control_needs_the_token(sandbox: Sandbox, method: str, path: str, token: str) -> None:
    """Without "Bearer TOKEN" every control endpoint answers 401 and does nothing."""
    address = f"{sandbox.url}/_sandbox/{path}"
    assert sandbox.http.request(method, address, headers={"authorization": token}).status_code == 401


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "faults", {"no_such_fault": True}),
        ("PUT", "faults", {"down": "yes"}),
        ("PUT", "faults", {"create_error": 1}),
        ("PUT", "faults", {"slow_seconds": -1}),
        ("PUT", "faults", {"llm_status": True}),
        ("PUT", "faults", []),
        ("PUT", "clock", {"rate": 1}),
        ("PUT", "clock", {"real_anchor": "2026-01-01", "sandbox_anchor": "2026-01-01T00:00:00Z", "rate": 1}),
        ("PUT", "clock", {"real_anchor": "2026-01-01T00:00:00Z", "sandbox_anchor": "2026-01-01T00:00:00Z", "rate": 0}),
        ("POST", "reset", {"seed": "seven"}),
        ("POST", "session", {"handle": "two words"}),
        ("POST", "session", {"handle": "home"}),
    ],
)
def test_wrong_control_requests_are_refused_with_a_reason(
    sandbox: Sandbox, method: str, path: str, body: object
) -> None:
    """422 and a sentence; nothing changes."""
    before = sandbox.control("GET", "faults")
    with pytest.raises(httpx.HTTPStatusError) as refused:
        sandbox.control(method, path, body)
    assert refused.value.response.status_code == 422
    assert len(refused.value.response.json()["error"]) > 10
    assert sandbox.control("GET", "faults") == before


def test_the_clock_follows_its_line_exactly(sandbox: Sandbox) -> None:
    """A line that was set is given back as it was, and the time is on it."""
    anchor = datetime.now(UTC)
    line = {
        "real_anchor": anchor.isoformat(),
        "sandbox_anchor": (anchor + timedelta(days=2)).isoformat(),
        "rate": 60.0,
    }
    answer = sandbox.control("PUT", "clock", line)
    passed = (datetime.now(UTC) - anchor) * 60
    assert {name: answer[name] for name in line} == line
    now = datetime.fromisoformat(answer["now"])
    assert anchor + timedelta(days=2) <= now <= anchor + timedelta(days=2) + passed


def test_a_session_is_a_storage_state_for_this_host_and_any_port(sandbox: Sandbox, handle: str) -> None:
    """The login cookie is hidden from scripts, the csrf cookie is not."""
    state = sandbox.session(handle)
    cookies = {cookie["name"]: cookie for cookie in state["cookies"]}
    assert {cookie["domain"] for cookie in cookies.values()} == {"127.0.0.1"}
    assert cookies["auth_token"]["httpOnly"]
    assert not cookies["ct0"]["httpOnly"]
    assert state["origins"] == []


def test_everything_survives_a_restart_on_another_port(tmp_path: Path) -> None:
    """Posts, counts, sessions, faults and the clock are as they were; the process stops with code 0."""
    sandbox = Sandbox(tmp_path, rate=120).start()
    try:
        account = sandbox.client("keeper")
        post_id = account.post("What do you keep when everything else goes? A tomato seed, I would say.")
        clock = sandbox.jump(hours=9)
        sandbox.faults(user_shape="2025")
        before = account.counts(post_id)
        assert sandbox.stop() == 0
        sandbox.rate = None
        sandbox.start()
        line = sandbox.control("GET", "clock")
        assert abs(datetime.fromisoformat(line["now"]) - clock) < timedelta(minutes=2)
        assert sandbox.control("GET", "faults") == {"user_shape": "2025"}
        after = account.counts(post_id)
        assert after["favorite_count"] >= before["favorite_count"] > 0
        assert sandbox.texts("keeper") == ["What do you keep when everything else goes? A tomato seed, I would say."]
    finally:
        sandbox.stop()
        sandbox.http.close()


def test_a_reset_wipes_posts_and_keeps_the_login(tmp_path: Path) -> None:
    """Two resets with one seed give one world; another seed gives another; sessions stay."""
    sandbox = Sandbox(tmp_path).start()
    try:
        account = sandbox.client("resetter")
        account.post("Soon forgotten")
        worlds = [_world(sandbox, account, seed) for seed in (5, 5, 6)]
        assert worlds[0] == worlds[1] != worlds[2]
        assert sandbox.texts("resetter") == []
    finally:
        sandbox.stop()
        sandbox.http.close()


def _world(sandbox: Sandbox, account: Account, seed: int) -> list[str]:
    sandbox.control("POST", "reset", {"seed": seed})
    timeline = account.ask("HomeTimeline", count=20).json()
    entries = timeline["data"]["home"]["home_timeline_urt"]["instructions"][-1]["entries"]
    tweets = [e["content"].get("itemContent", {}).get("tweet_results") for e in entries]
    texts = [tweet["result"]["legacy"]["full_text"] for tweet in tweets if tweet]
    return [text.partition("https://t.co/")[0] for text in texts]


def test_the_process_is_small(sandbox: Sandbox) -> None:
    """Resident memory stays below 90 MB after the other tests of this run."""
    assert sandbox.process is not None
    status = Path(f"/proc/{sandbox.process.pid}/status")
    if not status.exists():
        pytest.skip("this system has no /proc")
    resident = next(line for line in status.read_text(encoding="utf-8").splitlines() if line.startswith("VmRSS"))
    assert int(resident.split()[1]) < 90 * 1024


def test_the_command_line_refuses_to_start_without_a_token(tmp_path: Path) -> None:
    """Control without a token would be open to everybody on the machine."""
    command = [sys.executable, "-m", "xbot_assets.sandbox", "--data", str(tmp_path), "--port", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PYTHONPATH": str(ROOT)})
    assert done.returncode == 2
    assert "a control token is needed" in done.stderr
