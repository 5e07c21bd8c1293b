"""A model's end is told in time, also when only the API knows of it; its succession is told once."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from xbot_assets.steps.content.model_watch import watch_models
from xbot_assets.steps.content.planning import plan_posts
from xbot_assets.steps.llm_budget import budget_now
from xbot_assets.steps.model_service import api_account
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.alerts import acknowledge_alert, open_alerts
from xbot_assets.store.content.ledger import recent_calls
from xbot_assets.store.content.model_ends import announced_ends
from xbot_assets.testing.servers import SettingsFor
from xbot_assets_tests.llm.llm_server import running_llm_server
from xbot_assets_tests.steps.unheard import writing_product

END = date(2031, 5, 20)
"""The first day without the model: far from the day on which the test runs."""
PLAN, SAVING = "gpt-6.1-sol", "gpt-6-luna"


@dataclass
class ModelList:
    """A server with nothing but a list of models: what it announces, and how often it was asked."""

    ends: dict[str, str | None] = field(default_factory=dict)
    status: int = 200
    asked: int = 0
    url: str = ""


@pytest.fixture
def listed() -> Iterator[ModelList]:
    """Run such a server."""
    served = ModelList()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            served.asked += 1
            data = [{"id": model, "object": "model", "shutdown_date": end} for model, end in served.ends.items()]
            body = json.dumps({"object": "list", "data": data}).encode()
            self.send_response(served.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        served.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield served
        server.shutdown()
        thread.join()


def price_file(folder: Path, **ends: date) -> Path:
    """Write prices of two models, with ends by 'plan' and 'saving'."""
    path = folder / "prices.toml"
    entries = [
        f'[[prices]]\nmodel = "{model}"\ninput = {cost}\noutput = {cost}\nvalid_from = 2020-01-01\nsource = "a test"\n'
        + (f"retired_on = {ends[name]}\n" if name in ends else "")
        + ('replacement = "gpt-6-luna"\n' if name == "plan" else "")
        for name, model, cost in (("plan", PLAN, 2), ("saving", SAVING, 1))
    ]
    path.write_text("\n".join(entries))
    return path


ProductFor = Callable[..., Product]


@pytest.fixture
def product_for(settings_for: SettingsFor, tmp_path: Path) -> Iterator[ProductFor]:
    """Open products that write with an API of the owner's; each stands for another process."""
    with ExitStack() as closing:

        def build(url: str, ends: dict[str, date] | None = None, **overrides: Any) -> Product:  # noqa: ANN401
            values = {
                "llm": "openai",
                "openai_base_url": url,
                "openai_api_key": SecretStr("sk-sandbox-owner"),
                "browser_url": "http://127.0.0.1:1",
                "browser_token": SecretStr("none"),
                "plan_model": PLAN,
                "saving_model": SAVING,
                "prices_path": price_file(tmp_path, **(ends or {})),
            }
            return closing.enter_context(open_product(settings_for(**(values | overrides)), worker="test"))

        yield build


def told(product: Product) -> dict[str, str]:
    """Return the open alerts: what each says, and what to do."""
    return {alert.key: f"{alert.reason} {alert.remedy}" for alert in open_alerts(product.database)}


def before(days: int) -> datetime:
    """Return a moment on the day so many days before the end."""
    return datetime(END.year, END.month, END.day, 12, tzinfo=UTC) - timedelta(days=days)


@pytest.mark.parametrize("source", ["price file", "API"])
def test_an_end_is_told_from_45_days_before_whoever_announces_it(
    source: str, listed: ModelList, product_for: ProductFor
) -> None:
    """With the day, and what follows at which price, so that nobody is surprised."""
    listed.ends = {PLAN: f"{END}" if source == "API" else None, SAVING: None}
    product = product_for(listed.url, {"plan": END} if source == "price file" else {})
    watch_models(product, before(days=46))
    assert told(product) == {}
    watch_models(product, before(days=45))
    assert told(product) == {
        f"model_ends:{PLAN}": f"The provider ends the model {PLAN} on 2031-05-20. From that day on gpt-6-luna is "
        "called ($1 and $1 per million tokens of prompt and answer); to choose another, set XBOT_PLAN_MODEL and "
        "XBOT_SAVING_MODEL before."
    }
    assert listed.asked == 2


def test_on_the_day_the_successor_is_told_once(listed: ModelList, product_for: ProductFor) -> None:
    """Who read it is not told again; the alert about the coming end is over."""
    product = product_for(listed.url, {"plan": END})
    watch_models(product, before(days=1))
    watch_models(product, before(days=0))
    assert list(told(product)) == [f"model_succeeded:{PLAN}"]
    assert f"ended the model {PLAN} on 2031-05-20; gpt-6-luna is called instead, for $1 and $1" in str(told(product))
    acknowledge_alert(product.database, f"model_succeeded:{PLAN}", "me", product.clock.now())
    watch_models(product, before(days=-1))
    assert told(product) == {}


def test_an_alert_that_was_read_comes_back_with_the_next_look_and_not_with_every_plan(
    listed: ModelList, product_for: ProductFor
) -> None:
    """The list is read once a day, by one process, and costs nothing."""
    product = product_for(listed.url, {"plan": END})
    watch_models(product, before(days=3))
    acknowledge_alert(product.database, f"model_ends:{PLAN}", "me", product.clock.now())
    watch_models(product, before(days=3) + timedelta(hours=23))
    assert (told(product), listed.asked) == ({}, 1)
    watch_models(product_for(listed.url, {"plan": END}), before(days=2))
    assert (len(told(product)), listed.asked) == (1, 2)


def test_the_alerts_end_when_another_model_is_chosen(listed: ModelList, product_for: ProductFor) -> None:
    """Before the day and after it."""
    for days, kind in ((2, "model_ends"), (0, "model_succeeded")):
        product = product_for(listed.url, {"plan": END})
        watch_models(product, before(days=days))
        assert list(told(product)) == [f"{kind}:{PLAN}"]
        watch_models(product_for(listed.url, {"plan": END}, plan_model=SAVING), before(days=days))
        assert told(product) == {}


def test_an_end_that_the_api_withdraws_is_forgotten(listed: ModelList, product_for: ProductFor) -> None:
    """A list replaces the one before; one that cannot be read replaces nothing."""
    product = product_for(listed.url)
    account = api_account(product.settings)
    listed.ends = {PLAN: "2031-05-20", "another": "2031-01-01"}
    watch_models(product, before(days=10))
    assert announced_ends(product.database, account) == {PLAN: END, "another": date(2031, 1, 1)}
    listed.status = 404
    watch_models(product, before(days=8))
    assert list(told(product)) == [f"model_ends:{PLAN}"]
    listed.status, listed.ends = 200, {PLAN: None}
    watch_models(product, before(days=6))
    assert (announced_ends(product.database, account), told(product)) == ({}, {})


@pytest.mark.parametrize("succession", [True, False])
def test_without_a_successor_the_remedy_says_what_to_set(
    succession: bool,  # noqa: FBT001 - a parameter of the test
    listed: ModelList,
    product_for: ProductFor,
) -> None:
    """Whether the setting is off or nothing priced follows; from the day on the plan's own alert says so."""
    product = product_for(listed.url, {"plan": END, "saving": END}, model_succession=succession)
    watch_models(product, before(days=1))
    said = told(product)[f"model_ends:{PLAN}"]
    assert ("name the price of gpt-6-luna" if succession else "XBOT_MODEL_SUCCESSION is off") in said
    watch_models(product, before(days=0))
    assert told(product) == {}


def test_the_sandboxs_model_is_not_watched(settings_for: SettingsFor, tmp_path: Path) -> None:
    """It goes on serving what the provider ended."""
    with writing_product(settings_for, tmp_path, prices_path=price_file(tmp_path, plan=END)) as (product, server):
        watch_models(product, before(days=0))
        assert told(product) == {}
        assert server.usage.rows() == []


def test_a_plan_after_the_end_is_written_by_the_successor_and_says_so(product_for: ProductFor, tmp_path: Path) -> None:
    """What the status shows, what is called and what is booked is one model; nobody falls silent."""
    with running_llm_server(tmp_path) as server:
        product = product_for(server.base_url, {"plan": date(2026, 1, 1)})
        now = product.clock.now()
        assert budget_now(product.database, product.settings, now).tier.model == SAVING
        plan = plan_posts(product)
    assert (plan.model, plan.posts[0].source) == (SAVING, "llm")
    assert {call.model for call in recent_calls(product.database, 9)} == {SAVING}
    assert list(told(product)) == [f"model_succeeded:{PLAN}"]


def test_a_plan_goes_by_what_only_the_api_announced(listed: ModelList, product_for: ProductFor) -> None:
    """A day that the price file does not know; here nothing follows, and the wall lets nothing through."""
    listed.ends = {PLAN: "2026-01-01"}
    product = product_for(listed.url, model_succession=False)
    plan = plan_posts(product)
    assert "The provider ended the model 'gpt-6.1-sol' on 2026-01-01." in plan.missing
    assert list(told(product)) == ["cannot_write"]
    assert recent_calls(product.database, 9) == []


@pytest.mark.parametrize("proxy", ["socks4://127.0.0.1:1", "http://[::1", "socks5://127.0.0.1:1"])
def test_a_product_opens_whatever_the_environment_says_of_proxies(
    proxy: str, product_for: ProductFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Publishing and measuring need no model; a plan says what is wrong, takes a template, and books nothing."""
    monkeypatch.setenv("ALL_PROXY", proxy)
    product = product_for("http://api.example.test/v1", llm_attempts=1)
    plan = plan_posts(product)
    assert plan.posts[0].source == "template"
    assert "proxy" in plan.missing or "cannot be reached" in plan.missing
    assert sum(call.cost_microusd for call in recent_calls(product.database, 9)) == 0


def test_a_product_opens_without_a_model_that_runs(settings_for: SettingsFor, tmp_path: Path) -> None:
    """The sandbox's is missing, and a plan says so."""
    with writing_product(settings_for, tmp_path, openai_base_url=None) as (product, _):
        assert "language model is not running" in plan_posts(product).missing
