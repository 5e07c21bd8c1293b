"""Pages of other origins, in a real browser in which the owner is logged in: nothing they send gets anything done."""

import json
from collections.abc import Iterator
from contextlib import suppress
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import TimeoutError as TooLate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.door.dagster_ui import DESTINATION
from xbot_assets.settings import Settings, load_settings
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.serving import served
from xbot_assets_tests.security.doors.addresses import of_service
from xbot_assets_tests.security.shared_stack import TOKEN, SharedStack

pytestmark = pytest.mark.soak  # needs a whole stack

EVIL_NAME = "evil.example"
TRY_MILLISECONDS = 15_000
REFUSED = {
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.METHOD_NOT_ALLOWED,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
}
ATTACK = """<!doctype html><title>kittens</title>
<img src="{web}/graphql?query={mutation}img%22,limit:7)%7D">
<script src="{web}/graphql?query={mutation}script%22,limit:7)%7D"></script>
<iframe src="{web}/"></iframe><iframe src="{service}/approvals"></iframe>
<iframe name="nowhere"></iframe>
<form id="text" method="post" enctype="text/plain" target="nowhere" action="{web}/graphql">
<input name='{{"query":"mutation{{setConcurrencyLimit(concurrencyKey:\\"forged_text\\",limit:7)}}","x":"'
value='"}}'></form>
<form id="plain" method="post" target="nowhere" action="{web}/graphql?query={mutation}form%22,limit:7)%7D"></form>
<form id="report" method="post" target="nowhere" action="{web}/report_asset_materialization/forged"></form>
<form id="approve" method="post" target="nowhere" action="{service}/approvals/1/approve"></form>
<form id="logout" method="post" target="nowhere" action="{service}/logout"></form>
<script>
const body = '{{"query":"mutation{{setConcurrencyLimit(concurrencyKey:\\\\"forged_fetch\\\\",limit:7)}}"}}';
const seen = window.seen = [];
const ask = (url, options) => fetch(url, {{credentials: "include", ...options}})
  .then(answer => seen.push(`${{url}} ${{answer.type}} ${{answer.status}}`), () => seen.push(`${{url}} failed`));
const socket = url => new Promise(done => {{
  const opened = new WebSocket(url, "graphql-ws");
  opened.onopen = () => {{ seen.push("opened " + url); done(); }};
  opened.onerror = () => {{ seen.push(url + " failed"); done(); }};
}});
async function attack() {{
  for (const kind of ["text/plain", "application/x-www-form-urlencoded"])
    await ask("{web}/graphql", {{method: "POST", mode: "no-cors", headers: {{"Content-Type": kind}}, body}});
  await ask("{web}/graphql", {{method: "POST", headers: {{"Content-Type": "application/json"}}, body}});
  await ask("{web}/report_asset_materialization/forged", {{method: "POST", mode: "no-cors"}});
  await ask("{web}/graphql?query={{version}}", {{}});
  await ask("{service}/api/status.json", {{}});
  await ask("{service}/approvals", {{mode: "no-cors"}});
  await socket("{web}/graphql".replace("http", "ws"));
  await socket("{service}/".replace("http", "ws"));
  await Promise.all({addresses}.flatMap(([method, path]) =>
    ["no-cors", "cors"].map(mode => ask("{service}" + path, {{method, mode}}))));
  for (const form of document.forms) {{
    const answered = new Promise(done => document.getElementsByName("nowhere")[0].onload = done);
    form.submit();
    await answered;
  }}
  window.finished = true;
}}
addEventListener("load", attack);
</script>"""
MUTATION = "mutation%7BsetConcurrencyLimit(concurrencyKey:%22forged_"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for which the evil name leads to this machine, as a rebound one would."""
    binary = find_browser(load_settings({}, use_parts=False))
    with sync_playwright() as playwright:
        rebound = f"--host-resolver-rules=MAP {EVIL_NAME} 127.0.0.1"
        opened = playwright.chromium.launch(executable_path=binary, args=["--no-sandbox", rebound])
        yield opened
        opened.close()


@pytest.fixture
def browser(chromium: Browser) -> Iterator[BrowserContext]:
    """The browser as nobody has used it yet."""
    with chromium.new_context(viewport={"width": 1600, "height": 1000}) as context:
        context.set_default_timeout(PATIENCE * 1000)
        yield context


def logged_in(context: BrowserContext, stack: SharedStack, **more: str) -> Page:
    """Open a one-time link, as the owner does."""
    page = context.new_page()
    page.goto(stack.link(**more))
    return page


def bearer() -> dict[str, str]:
    """What a program of the owner's sends."""
    return {"Authorization": f"Bearer {TOKEN}"}


def asked(parts: Settings, query: str) -> Any:  # noqa: ANN401 - JSON
    """Ask Dagster as its owner."""
    answer = httpx.post(
        f"{parts.web_url}/graphql", json={"query": query}, headers=bearer(), timeout=PATIENCE, trust_env=False
    )
    return answer.raise_for_status().json()["data"]


def hostile(parts: Settings) -> Starlette:
    """A site whose page does everything at once."""
    asks = [[address.method, address.path] for address in of_service(parts) if address.method in {"GET", "POST"}]
    html = ATTACK.format(web=parts.web_url, service=parts.service_url, mutation=MUTATION, addresses=json.dumps(asks))

    async def kittens(_request: Request) -> Response:
        return HTMLResponse(html)

    return Starlette(routes=[Route("/", kittens)])


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", EVIL_NAME])
def test_a_page_of_another_origin_gets_nothing_done(
    stack: SharedStack, parts: Settings, browser: BrowserContext, name: str
) -> None:
    """From another port of this machine the session's cookie goes along; the origin stops it."""
    with served(hostile(parts)) as evil:
        logged_in(browser, stack).wait_for_url(f"{parts.service_url}/")
        page = browser.new_page()
        answers: list[tuple[str, int]] = []
        ours = (str(parts.web_url), str(parts.service_url))
        page.on("response", lambda got: answers.append((got.url, got.status)) if got.url.startswith(ours) else None)
        page.goto(evil.replace("127.0.0.1", name))
        page.wait_for_function("window.finished")
        seen = page.evaluate("window.seen")
        assert [what for what in seen if what.startswith("opened ") or what.endswith(" 200")] == []
        assert {status for _, status in answers} <= REFUSED
        assert len(answers) >= 7
        assert not [frame for frame in page.frames if frame.url.startswith(ours)]
    keys = [
        limit["concurrencyKey"]
        for limit in asked(parts, "{instance{concurrencyLimits{concurrencyKey}}}")["instance"]["concurrencyLimits"]
    ]
    assert not [key for key in keys if "forged" in key]
    forged = asked(parts, "{assetRecordsOrError(limit:500){... on AssetRecordConnection{assets{key{path}}}}}")
    assert ["forged"] not in [asset["key"]["path"] for asset in forged["assetRecordsOrError"]["assets"]]


def test_a_name_that_was_pointed_here_reads_nothing(
    stack: SharedStack, parts: Settings, browser: BrowserContext
) -> None:
    """Rebinding makes a page's own origin ours to the browser; to us it is a name that nobody has."""
    logged_in(browser, stack).wait_for_url(f"{parts.service_url}/")
    for url in (parts.web_url, parts.service_url):
        page = browser.new_page()
        got = page.goto(str(url).replace("127.0.0.1", EVIL_NAME))
        assert got is not None
        assert got.status == HTTPStatus.BAD_REQUEST
        script = "fetch('/graphql', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'})"
        assert page.evaluate(f"{script}.then(answer => answer.status)") == HTTPStatus.BAD_REQUEST


def test_lineage_launching_runs_and_logs_work_by_clicks(
    stack: SharedStack, parts: Settings, browser: BrowserContext
) -> None:
    """The door is in nobody's way: the UI's own pages, its questions and its WebSocket pass."""
    page = logged_in(browser, stack, to=DESTINATION)
    page.wait_for_url(f"{parts.web_url}/**")
    refused: list[str] = []
    page.on("response", lambda got: refused.append(got.url) if got.status in REFUSED else None)
    page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
    run = until(lambda: _launched(page, parts), "a run was launched by a click")
    page.goto(f"{parts.web_url}/runs")
    page.locator(f"a[href*='{run[:8]}']").first.click()
    page.get_by_text("RUN_SUCCESS").first.wait_for()
    page.get_by_text("Materialized value llm_failure_patterns.").first.wait_for()
    assert refused == []


def _launched(page: Page, parts: Settings) -> str | None:
    """Click in the lineage, and return the run that was launched so; a UI that has only just started needs a reload."""
    with suppress(TooLate):
        page.goto(f"{parts.web_url}/assets/llm_failure_patterns?view=lineage")
        page.get_by_text("emergency_pool").first.wait_for(timeout=TRY_MILLISECONDS)
        page.get_by_role("button", name="Materialize").first.click(timeout=TRY_MILLISECONDS)
        confirm, launched = page.get_by_role("button", name="Confirm"), page.get_by_text("Launched run")
        confirm.or_(launched).first.wait_for(timeout=TRY_MILLISECONDS)
        if confirm.is_visible():  # what is above it was not materialized yet: the model's API refuses all
            confirm.click()
        launched.first.wait_for(timeout=TRY_MILLISECONDS)
    query = '{runsOrError(filter:{tags:[{key:"dagster/from_ui",value:"true"}]},limit:1){... on Runs{results{runId}}}}'
    runs = asked(parts, query)["runsOrError"]["results"]
    return str(runs[0]["runId"]) if runs else None


def test_logging_out_ends_the_session_everywhere(stack: SharedStack, parts: Settings, browser: BrowserContext) -> None:
    """A copy of the cookie is worth nothing afterwards, on either server."""
    page = logged_in(browser, stack)
    page.wait_for_url(f"{parts.service_url}/")
    cookies = {cookie["name"]: cookie["value"] for cookie in browser.cookies()}
    for url in (parts.web_url, parts.service_url):
        assert _status(f"{url}/", cookies) == HTTPStatus.OK
    page.goto(f"{parts.service_url}/approvals")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{parts.service_url}/login")
    for url in (parts.web_url, parts.service_url):
        assert _status(f"{url}/", cookies) == HTTPStatus.UNAUTHORIZED


def _status(url: str, cookies: dict[str, str]) -> int:
    with httpx.Client(cookies=cookies, trust_env=False, timeout=PATIENCE) as client:
        return client.get(url).status_code


def test_a_link_of_xbot_open_works_once(stack: SharedStack, parts: Settings) -> None:
    """Who finds it in a terminal or a history later is not let in."""
    link = stack.opened()
    assert TOKEN not in link
    statuses = [httpx.get(link, timeout=PATIENCE, trust_env=False).status_code for _ in range(2)]
    assert statuses == [HTTPStatus.OK, HTTPStatus.FORBIDDEN]
    assert str(parts.service_url) in link
