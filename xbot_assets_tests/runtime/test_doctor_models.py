"""The doctor names ends of models, proxies and certificates that cannot be used, odd keys, and unknown settings."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.llm.network import CERTIFICATE_NAMES, PROXY_NAMES
from xbot_assets.runtime.checks import check_addresses
from xbot_assets.runtime.doctor.examination import Finding, examine
from xbot_assets.runtime.doctor.model_checks import models_state, way_to_the_model
from xbot_assets.runtime.doctor.warned import Warned
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.pings import components
from xbot_assets.settings import Settings, SettingsError
from xbot_assets_tests.llm.llm_server import running_llm_server

FAR = "https://api.example.test/v1"
NOBODY = "http://127.0.0.1:9/v1"
END = date(2027, 1, 14)


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Leave out what the machine that runs the test says of proxies."""
    for name in (*PROXY_NAMES, *CERTIFICATE_NAMES):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("XBOT_HOME", str(tmp_path / ".xbot"))


def owner(url: str = NOBODY, **overrides: object) -> Settings:
    """Return settings of an owner who writes with an API."""
    values = {"llm": "openai", "openai_base_url": url, "openai_api_key": SecretStr("sk-sandbox-owner")}
    return Settings.model_validate(values | overrides)


def warning_of(check: Callable[[], str]) -> str:
    """Return what a check warns of, and the remedy."""
    with pytest.raises(Warned) as caught:
        check()
    return f"{caught.value.text} {caught.value.remedy}"


def test_an_end_is_named_from_45_days_before() -> None:
    """Of both default models, from the price file when the API does not answer."""
    assert models_state(owner(), END - timedelta(days=46)) == "gpt-4o, gpt-4o-mini: priced and served."
    said = warning_of(lambda: models_state(owner(), END - timedelta(days=45)))
    assert "gpt-4o on 2027-01-14 (in 45 days), gpt-4o-mini on 2027-01-14 (in 45 days)." in said
    assert said.count("From that day on gpt-6-luna is called") == 1


def test_after_the_end_the_doctor_names_what_is_called_instead() -> None:
    """Or, without succession, that nothing can be."""
    said = warning_of(lambda: models_state(owner(), END))
    assert "gpt-4o since 2027-01-14, gpt-6-luna is called instead" in said
    with pytest.raises(PermanentFailure, match="ended the model"):
        models_state(owner(model_succession=False), END)


def test_the_doctor_asks_the_api_for_its_ends(tmp_path: Path) -> None:
    """A price file of the owner's knows none; the server's list announces them."""
    path = tmp_path / "mine.toml"
    path.write_text('[[prices]]\nmodel = "gpt-4o"\ninput = 1\noutput = 1\nvalid_from = 2020-01-01\nsource = "bill"\n')
    chosen: dict[str, Any] = {"plan_model": "gpt-4o", "saving_model": "gpt-4o", "prices_path": path}
    with running_llm_server(tmp_path) as server:
        said = warning_of(lambda: models_state(owner(server.base_url, **chosen), END - timedelta(days=10)))
        assert server.usage.rows() == []
    assert "gpt-4o on 2027-01-14 (in 10 days)" in said
    assert models_state(owner(**chosen), END) == "gpt-4o: priced and served."


def test_the_sandboxs_models_only_need_a_price() -> None:
    """They go on after the provider's end."""
    assert models_state(Settings(), END) == "gpt-4o, gpt-4o-mini: priced; served by the sandbox."


def test_the_way_to_the_model_is_told_without_a_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Directly or through which proxy."""
    assert way_to_the_model(owner(FAR)) == "Requests to api.example.test go there directly."
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hunter2@10.0.0.1:1080")
    told = way_to_the_model(owner(FAR))
    assert told == "Requests to api.example.test go through the proxy socks5://10.0.0.1:1080."


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks4://me:hunter2@10.0.0.1:1080"),
        ("HTTPS_PROXY", "http://me:hunter2@[::1"),
        ("SSL_CERT_FILE", "/nowhere/hunter2"),
    ],
)
def test_what_cannot_be_used_is_named_by_the_doctor_and_the_status(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the variable, never by what it holds."""
    monkeypatch.setenv(name, value)
    with pytest.raises(PermanentFailure) as caught:
        way_to_the_model(owner(FAR))
    assert (caught.value.code, name in caught.value.reason) == ("bad_proxy", True)
    asked = {part.name: part for part in components(Connections(lambda: owner(FAR)))}
    with pytest.raises(PermanentFailure) as seen:
        asked["Language model"].ping()
    assert (seen.value.code, name in seen.value.remedy) == ("bad_proxy", True)
    assert "hunter2" not in str(caught.value) + str(seen.value)


@pytest.mark.parametrize(
    ("url", "named", "remedy"),
    [
        (NOBODY, "The language model does not answer", "Its log is in .xbot/logs."),
        ("http://127.0.0.2:9/v1", "The language model at 127.0.0.2 does not answer", "Check its address"),
    ],
)
def test_a_model_that_does_not_answer_is_told_with_what_helps_where_it_is(url: str, named: str, remedy: str) -> None:
    """A model elsewhere has no log here; and the doctor, who tells this too, does not send people to the doctor."""
    asked = {part.name: part for part in components(Connections(lambda: owner(url)))}
    with pytest.raises(TransientFailure) as caught:
        asked["Language model"].ping()
    assert caught.value.reason.startswith(named)
    assert caught.value.remedy.startswith(remedy)
    assert "doctor" not in caught.value.remedy


def findings(count: int) -> Iterator[Finding]:
    """Return the doctor's first findings; the later ones start programs."""
    return islice(examine(), count)


def test_an_unknown_setting_is_the_doctors_finding_with_the_nearest_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the last one: the rest makes no sense without settings."""
    monkeypatch.setenv("XBOT_HANDL", "me")
    *_, last = findings(9)
    assert (last.level, last.name) == ("fail", "Settings")
    assert "XBOT_HANDL is not a setting; the nearest is XBOT_HANDLE." in last.text


def test_a_key_that_was_written_with_quotes_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    """It works, and is better put right; nothing of it is shown."""
    monkeypatch.setenv("XBOT_OPENAI_API_KEY", "\u201csk-hunter2\u201d")
    _, finding = findings(2)
    assert (finding.level, finding.name) == ("warn", "Settings")
    assert "XBOT_OPENAI_API_KEY: the quotes or blanks around it were left out" in finding.text
    assert "hunter2" not in finding.text + finding.remedy


@pytest.mark.parametrize("address", ["https://api.example.test/v1\n", "https://api.example. test", "\u201chttps://a.b"])
def test_an_address_with_something_invisible_or_quoted_is_refused(address: str) -> None:
    """The client would fail on it at every call."""
    with pytest.raises(SettingsError, match="XBOT_OPENAI_BASE_URL"):
        check_addresses(owner(address))
