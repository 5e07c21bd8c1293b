"""Servers that repeat what we log in with: whatever they answer, no client of ours tells it on."""

import asyncio
import logging
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from pydantic import SecretStr
from typer.testing import CliRunner

from xbot_assets.browser.client import BrowserClient
from xbot_assets.browser.session.source import SandboxSession
from xbot_assets.cli.app import app
from xbot_assets.domain.alerts.messages import Message
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.lanes import Lane
from xbot_assets.llm.calls.calling import ModelAccess, list_models
from xbot_assets.masking import MASK, make_secret, mask
from xbot_assets.service import alerter
from xbot_assets.service.health.automations import automations
from xbot_assets.service.health.connections import Connections
from xbot_assets.service.health.daemons import heartbeats
from xbot_assets.service.health.pings import components
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.operations.alert_channels import Channel
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.x.operations import CheckSession
from xbot_assets_tests.security.secrets.echoing_api import STATUSES, EchoingApi, echoing_api

SECRET = "canary-0of/this+client-of-ours"  # noqa: S105 - planted
IN_URL = "canary-0of%2Fthis%2Bclient-of-ours"
SECONDS = PATIENCE


@pytest.fixture(scope="module")
def api() -> Iterator[EchoingApi]:
    """A server that refuses and repeats."""
    with echoing_api() as running:
        yield running


@dataclass(frozen=True, slots=True)
class Where:
    """The server's address, without and with a password."""

    port: int

    @property
    def url(self) -> str:
        """Without."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def with_password(self) -> str:
        """With."""
        return f"http://me:{IN_URL}@127.0.0.1:{self.port}"

    @property
    def settings(self) -> Settings:
        """Settings whose every part is this server."""
        secret = SecretStr(SECRET)
        return Settings(
            llm="openai", openai_api_key=secret, openai_base_url=self.with_password, service_token=secret,
            browser_url=self.url, browser_token=secret, web_url=self.url, target_url=self.url, sandbox_token=secret,
        )  # fmt: skip


def ask_browser_host(at: Where) -> None:
    """For an operation."""
    with BrowserClient(at.url, SECRET) as client:
        client.run(CheckSession(), lane=Lane.HIGH, deadline_seconds=SECONDS)


def preempt(at: Where) -> None:
    """Have an operation make way."""
    with BrowserClient(at.url, SECRET) as client:
        client.preempt("x")


def ask_models(at: Where) -> None:
    """List what the API serves."""
    list_models(
        ModelAccess(SecretStr(SECRET), "gpt-4o", attempts=1, timeout_seconds=SECONDS, base_url=at.with_password)
    )


def ask_components(at: Where) -> None:
    """As the status does."""
    for one in components(Connections(lambda: at.settings)):
        if one.name in {"Browser host", "Target site", "Language model", "Dagster daemons"}:
            try:
                one.ping()
            except ProductError as failure:
                logging.getLogger("a page").exception("%s %s", failure.reason, failure.remedy)


def control_sandbox(at: Where) -> None:
    """As ``xbot sandbox fault`` does."""
    given = {"XBOT_TARGET_URL": at.url, "XBOT_SANDBOX_TOKEN": SECRET}
    done = CliRunner().invoke(app, ["sandbox", "fault"], env=given)
    assert isinstance(done.exception, ProductError)
    raise done.exception


CLIENTS: dict[str, Callable[[Where], object]] = {
    "browser host": ask_browser_host,
    "preemption": preempt,
    "session of the sandbox": lambda at: asyncio.run(SandboxSession(at.url, SECRET, "me").obtain()),
    "sandbox": control_sandbox,
    "language model": ask_models,
    "components": ask_components,
    "daemons": lambda at: heartbeats(at.url, SECRET, SECONDS),
    "jobs": lambda at: automations(at.url, SECRET, SECONDS),
    "alerts": lambda at: Channel(f"json://me:{IN_URL}@127.0.0.1:{at.port}/{IN_URL}").send(
        Message((), 0, "critical", "A title", "A body")
    ),
    "dead man's switch": lambda at: asyncio.run(alerter._ping(f"{at.with_password}/{IN_URL}")),  # noqa: SLF001 - the ping itself
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("client", CLIENTS)
def test_what_a_server_repeats_is_in_no_failure_no_traceback_and_no_log(
    api: EchoingApi, caplog: pytest.LogCaptureFixture, client: str, status: int
) -> None:
    """Under each status, to each client that logs in anywhere, also by a password or a word within an address."""
    api.status = status
    caplog.set_level(logging.DEBUG)
    make_secret([SECRET, IN_URL])
    asked, told = len(api.bodies), ""
    try:
        CLIENTS[client](Where(api.port))
    except ProductError as failure:
        told = "".join(traceback.format_exception(failure)) + failure.reason + failure.remedy
    assert len(api.bodies) > asked, "the server was asked"
    for secret in (SECRET, IN_URL):
        assert secret not in told + caplog.text


@pytest.mark.parametrize(
    ("address", "tokens"),
    [
        ("tgram://123456789:AAF0canary_token_of_a_bot/987654321", ["AAF0canary_token_of_a_bot"]),
        ("https://hc-ping.com/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0", ["0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"]),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#general", ["T1JJ3T3L2", "TIiajkdnlazkcOXrIdevi7FQ"]),
        ("ntfys://me:p%2Fass-word1@ntfy.sh/a json://a:other-pass-2@127.0.0.1/x", ["p/ass-word1", "other-pass-2"]),
        ("https://uptime.example/api/push/x?status=up&token=qwertyuiopasdfghjklzx", ["qwertyuiopasdfghjklzx"]),
    ],
)
def test_of_an_address_that_is_secret_as_such_every_piece_that_may_be_a_token_is_masked(
    address: str, tokens: list[str]
) -> None:
    """Where alerts go and who is told that all is well: a server repeats a piece, not the whole of it."""
    load_settings({"XBOT_ALERT_URLS": address, "XBOT_DEADMAN_URL": address.split(maxsplit=1)[0]}, use_parts=False)
    for token in tokens:
        assert mask(f"No such check: {token}.") == f"No such check: {MASK}."
    for word in ("hc-ping.com", "ntfy.sh", "127.0.0.1", "status=up", "general", "example"):
        assert mask(f"It is {word}.") == f"It is {word}."
