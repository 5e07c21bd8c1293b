"""The language model's faults over the control endpoint: probability, count, refusal of nonsense, restart."""

from collections import Counter
from pathlib import Path

import httpx
import pytest

from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

KEY = {"authorization": "Bearer sk-sandbox-test"}
BODY = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Write a post about soil."}]}


def ask(sandbox: Sandbox) -> httpx.Response:
    """Send one completion request."""
    return sandbox.http.post(f"{sandbox.url}/v1/chat/completions", headers=KEY, json=BODY)


def test_a_fault_with_a_count_strikes_so_often_and_then_ends(sandbox: Sandbox) -> None:
    """Two refusals, then answers; put again, it begins anew."""
    for _ in range(2):
        sandbox.faults(llm_status={"value": 503, "count": 2})
        assert [ask(sandbox).status_code for _ in range(3)] == [503, 503, 200]


def test_a_fault_with_a_probability_strikes_some_requests(sandbox: Sandbox) -> None:
    """About half of 60; the usage log has every one with its status."""
    before = len(sandbox.control("GET", "llm/usage"))
    sandbox.faults(llm_status={"value": 500, "probability": 0.5})
    seen = Counter(ask(sandbox).status_code for _ in range(60))
    assert 10 < seen[500] < 50
    booked = Counter(row["status"] for row in sandbox.control("GET", "llm/usage")[before:])
    assert booked == seen


def test_a_cut_answer_is_booked_as_done(sandbox: Sandbox) -> None:
    """A provider bills what it wrote, whether it arrived or not."""
    sandbox.faults(llm_cut=True)
    with pytest.raises(httpx.RemoteProtocolError):
        ask(sandbox)
    last = sandbox.control("GET", "llm/usage")[-1]
    assert last["status"] == 200
    assert last["completion_tokens"] > 0


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("llm_status", {"probability": 0.3}, "needs a value"),
        ("llm_status", {"value": 500, "chance": 0.3}, "nothing else"),
        ("llm_status", {"value": 501}, "one of"),
        ("llm_cut", {"value": True, "probability": 1.1}, "from 0 to 1"),
        ("llm_cut", {"value": True, "probability": "often"}, "from 0 to 1"),
        ("llm_cut", {"value": True, "count": 0}, "whole number"),
        ("llm_cut", {"value": True, "count": 1.5}, "whole number"),
        ("llm_gullible", "very", "outside"),
        ("down", {"value": True, "count": 1}, "only llm_"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: object, said: str, sandbox: Sandbox) -> None:
    """422 with the reason."""
    with pytest.raises(httpx.HTTPStatusError) as refused:
        sandbox.control("PUT", "faults", {name: value})
    assert refused.value.response.status_code == 422
    assert said in refused.value.response.json()["error"]


def test_a_fault_with_a_probability_survives_a_restart(tmp_path: Path) -> None:
    """It is kept like any other; only what its count had used up is forgotten."""
    sandbox = Sandbox(tmp_path).start()
    wanted = {"llm_status": {"value": 500, "probability": 1, "count": 1}}
    try:
        sandbox.faults(**wanted)
        assert [ask(sandbox).status_code for _ in range(2)] == [500, 200]
        sandbox.stop()
        sandbox.start()
        assert sandbox.control("GET", "faults") == wanted
        assert [ask(sandbox).status_code for _ in range(2)] == [500, 200]
    finally:
        sandbox.stop()
        sandbox.http.close()
