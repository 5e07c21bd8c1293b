"""The way to the API through a proxy of the environment, and what is booked when the way is barred."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets.llm.client import LanguageModel
from xbot_assets.llm.network import PROXY_NAMES, proxy_in_use
from xbot_assets_tests.llm.little_proxy import Manner, little_proxy
from xbot_assets_tests.llm.llm_server import LlmServer
from xbot_assets_tests.llm.model_rig import ListBooks

HOST = "api.example.test"
"""A name that only the proxy can resolve."""
PLAIN, SECURE = f"http://{HOST}/v1", f"https://{HOST}/v1"
WriterFor = Callable[..., LanguageModel]


@dataclass(frozen=True)
class Rig:
    """The server, the client's maker, its books, and a brief."""

    server: LlmServer
    writer_for: WriterFor
    ledger: ListBooks
    brief: PostBrief

    @property
    def place(self) -> tuple[str, int]:
        """Where the server listens."""
        parts = urlsplit(self.server.base_url)
        return str(parts.hostname), int(parts.port or 0)

    def failure(self, **access: object) -> ProductError:
        """Return how a brief fails."""
        with pytest.raises(ProductError) as caught:
            self.writer_for(**access).write_posts(self.brief)
        return caught.value


@pytest.fixture
def rig(server: LlmServer, writer_for: WriterFor, ledger: ListBooks, brief: PostBrief) -> Rig:
    """Put them together."""
    return Rig(server, writer_for, ledger, brief)


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the proxies of the machine that runs the test."""
    for name in (*PROXY_NAMES, "SSL_CERT_FILE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize(
    ("name", "scheme"), [("ALL_PROXY", "socks5"), ("all_proxy", "socks5h"), ("HTTP_PROXY", "http")]
)
def test_posts_are_written_through_the_proxy_of_the_environment(
    name: str, scheme: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy is asked for the API's name, and the call is booked as billed."""
    with little_proxy(rig.place) as proxy:
        monkeypatch.setenv(name, proxy.url(scheme))
        written = rig.writer_for(base_url=PLAIN).write_posts(rig.brief)
        assert proxy_in_use(PLAIN) == proxy.url(scheme)
    assert len(written.posts) == 2
    assert HOST in proxy.asked[0]
    assert rig.ledger.spent() == written.cost_microusd > 0


@pytest.mark.parametrize("manner", ["wants login", "refuses", "nonsense", "hangs up"])
@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_what_a_proxy_did_not_let_through_is_not_booked(
    manner: Manner, scheme: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever way it says so; a login is for a person to give, all else passes by itself."""
    with little_proxy(rig.place, manner) as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url(scheme))
        failure = rig.failure(base_url=SECURE, attempts=1)
    assert failure.code == ("bad_proxy" if manner == "wants login" else "unreachable")
    assert "proxy" in failure.reason + failure.remedy
    assert "hunter2" not in str(failure)
    assert [call.cost_microusd for call in rig.ledger.calls] == [0]


def test_a_proxy_that_is_not_there_is_named_in_the_remedy(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody listens on port 1."""
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:1")
    failure = rig.failure(base_url=PLAIN, attempts=1)
    assert (failure.code, rig.ledger.spent()) == ("unreachable", 0)
    assert "the proxy if there is one" in failure.remedy


@pytest.mark.parametrize("scheme", ["socks5", "http"])
def test_what_was_sent_before_the_proxy_broke_is_booked(scheme: str, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """The API may have done the work: the worst case stands."""
    with little_proxy(rig.place, "breaks after the request") as proxy:
        monkeypatch.setenv("ALL_PROXY", proxy.url(scheme))
        failure = rig.failure(base_url=PLAIN, attempts=1)
    assert failure.code == "connection_broken"
    assert rig.ledger.spent() == rig.ledger.reserved[0].worst_case_microusd > 0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALL_PROXY", "socks4://me:hunter2@127.0.0.1:1080"),
        ("all_proxy", "http://me:hunter2@[::1"),
        ("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:port"),
        ("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:99999"),
        ("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:-1"),
        ("HTTPS_PROXY", "http://me:hunter2@:3128"),
        ("HTTPS_PROXY", "http//127.0.0.1:3128"),
        ("HTTPS_PROXY", "\u201chttp://me:hunter2@127.0.0.1:3128\u201d"),
        ("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:3128\n"),
        ("ALL_PROXY", "socks5://"),
        ("ALL_PROXY", " "),
        ("ALL_PROXY", "socks://me:hunter2@127.0.0.1:1080/"),
        ("SSL_CERT_FILE", "/nowhere/hunter2.pem"),
    ],
)
def test_an_environment_that_names_no_usable_proxy_is_told_when_the_model_is_first_asked(
    name: str, value: str, rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not before: whoever only publishes needs no model. No money is put aside, and no password told."""
    monkeypatch.setenv(name, value)
    failure = rig.failure(base_url=SECURE)
    assert (type(failure), failure.code) == (PermanentFailure, "bad_proxy")
    assert name in failure.reason
    assert "hunter2" not in str(failure)
    assert (rig.ledger.reserved, rig.ledger.calls) == ([], [])


def test_this_machine_itself_is_asked_without_a_proxy(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even one that could not be used."""
    monkeypatch.setenv("ALL_PROXY", "socks4://127.0.0.1:1")
    assert rig.writer_for().write_posts(rig.brief).posts
    assert proxy_in_use("http://127.0.0.1:8000/v1") is None


def test_a_proxy_is_shown_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """And not where NO_PROXY excepts the host."""
    monkeypatch.setenv("ALL_PROXY", "socks5://me:hunter2@proxy.example:1080/")
    assert proxy_in_use(SECURE) == "socks5://proxy.example:1080"
    monkeypatch.setenv("NO_PROXY", "example.test")
    assert proxy_in_use(SECURE) is None


@pytest.mark.parametrize("key", ["sk-sandbox\u2019s", "sk-sand\nbox", "sk-sand\rbox"])
def test_a_key_that_no_header_can_hold_costs_nothing(key: str, rig: Rig) -> None:
    """The money put aside is given back, and the key is not shown."""
    failure = rig.failure(api_key=SecretStr(key))
    assert (failure.code, rig.ledger.spent(), len(rig.ledger.calls)) == ("bad_request", 0, 1)
    assert "XBOT_OPENAI_API_KEY" in failure.remedy
    assert "sk-sand" not in str(failure)


def test_where_no_sandbox_runs_the_first_call_says_so(rig: Rig) -> None:
    """And making the client does not: nothing but writing needs it."""
    assert rig.failure(base_url=None, runs=False).code == "no_language_model"


def test_a_certificate_file_that_is_none_is_named(tmp_path: Path, rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is not there."""
    (tmp_path / "empty.pem").write_text("nothing")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "empty.pem"))
    failure = rig.failure(base_url=SECURE)
    assert failure.code == "bad_proxy"
    assert "SSL_CERT_FILE" in failure.remedy
