"""Starts a real sandbox process and a real browser for the tests of this folder."""

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Page

import xbot_assets
from xbot_assets.testing.patience import PATIENCE, until

ROOT = Path(xbot_assets.__file__).resolve().parents[1]
TOKEN = "test-control-token"  # noqa: S105 - opens only the sandbox of one test run


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port


@dataclass
class Sandbox:
    """One sandbox process over one data folder; :meth:`start` again is a restart."""

    folder: Path
    rate: float | None = None
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE, trust_env=False))

    def start(self) -> "Sandbox":
        """Start on a new port and wait until it is ready."""
        self.port = free_port()
        command = [sys.executable, "-m", "xbot_assets.sandbox", "--data", str(self.folder)]
        command += ["--port", str(self.port), *(["--rate", str(self.rate)] if self.rate else [])]
        environment = os.environ | {"PYTHONPATH": str(ROOT), "XBOT_SANDBOX_TOKEN": TOKEN}
        self.process = subprocess.Popen(command, env=environment)
        until(self._answers, "the sandbox answers")
        return self

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the sandbox ended during its start"
        with contextlib.suppress(httpx.TransportError):
            return self.http.get(f"{self.url}/_sandbox/health").status_code == httpx.codes.OK
        return False

    def stop(self) -> int:
        """Ask the process to stop; return its exit code."""
        assert self.process is not None
        self.process.terminate()
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()

    @property
    def url(self) -> str:
        """The address of the site."""
        return f"http://127.0.0.1:{self.port}"

    def control(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Call a control endpoint and return its JSON."""
        headers = {"authorization": f"Bearer {TOKEN}"}
        answer = self.http.request(method, f"{self.url}/_sandbox/{path}", json=body, headers=headers)
        return answer.raise_for_status().json()

    def faults(self, **wanted: object) -> None:
        """Make these the active faults."""
        self.control("PUT", "faults", wanted)

    def session(self, handle: str) -> Any:  # noqa: ANN401 - a storage state
        """Log an account in."""
        return self.control("POST", "session", {"handle": handle})

    def jump(self, **by: float) -> datetime:
        """Move the sandbox's clock forward; return its new time."""
        now = datetime.fromisoformat(self.control("GET", "clock")["now"]) + timedelta(**by)
        line = {"real_anchor": datetime.now(UTC).isoformat(), "sandbox_anchor": now.isoformat(), "rate": 1}
        self.control("PUT", "clock", line)
        return now

    def client(self, handle: str) -> "Account":
        """Log an account in and speak GraphQL as it."""
        cookies = {c["name"]: c["value"] for c in self.session(handle)["cookies"]}
        return Account(self, handle, cookies)

    def texts(self, handle: str) -> list[str]:
        """Return what the ledger says an account wrote, oldest first."""
        return [post["text"] for post in self.control("GET", "ledger")["posts"] if post["handle"] == handle]

    def posted(self, text: str) -> list[str]:
        """Return the ids of the posts with this text, from the site's own ledger."""
        return [post["id"] for post in self.control("GET", "ledger")["posts"] if post["text"] == text]

    def graphql(self, operation: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
        """Ask X's own data as somebody who is not logged in."""
        asked = {"variables": json.dumps(variables)}
        answer = httpx.get(f"{self.url}/i/api/graphql/any/{operation}", params=asked, trust_env=False)
        return answer.raise_for_status().json()


@dataclass
class Account:
    """An account that speaks GraphQL without a browser."""

    sandbox: Sandbox
    handle: str
    cookies: dict[str, str]

    def ask(self, operation: str, **variables: object) -> httpx.Response:
        """Send a GET operation."""
        address = f"{self.sandbox.url}/i/api/graphql/anyQueryId/{operation}"
        params = {"variables": json.dumps(variables), "features": "{}"}
        return self.sandbox.http.get(address, params=params, headers=self._headers())

    def create(self, text: str, reply_to: str | None = None, images: Sequence[str] = ()) -> httpx.Response:
        """Send CreateTweet."""
        entities = [{"media_id": image, "tagged_users": []} for image in images]
        variables: dict[str, object] = {"tweet_text": text, "media": {"media_entities": entities}}
        if reply_to:
            variables["reply"] = {"in_reply_to_tweet_id": reply_to, "exclude_reply_user_ids": []}
        address = f"{self.sandbox.url}/i/api/graphql/anyQueryId/CreateTweet"
        headers = self._headers() | {"x-csrf-token": self.cookies["ct0"]}
        return self.sandbox.http.post(address, json={"variables": variables}, headers=headers)

    def post(self, text: str, reply_to: str | None = None) -> str:
        """Create a post and return its id."""
        result = self.create(text, reply_to).raise_for_status().json()
        return str(result["data"]["create_tweet"]["tweet_results"]["result"]["rest_id"])

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:  # noqa: ANN401 - httpx's own
        """Send any request as this account."""
        headers = self._headers() | {"x-csrf-token": self.cookies["ct0"]}
        return self.sandbox.http.request(method, self.sandbox.url + path, headers=headers, **options)

    def upload(self, step: str, content: bytes = b"", **fields: object) -> httpx.Response:
        """Send one step of an upload."""
        params = {"command": step, **{name: str(value) for name, value in fields.items()}}
        method = "GET" if step == "STATUS" else "POST"
        return self.send(method, "/i/media/upload.json", params=params, content=content)

    def image(self, content: bytes, kind: str = "image/png") -> str:
        """Upload an image in one piece and return its id."""
        begun = self.upload("INIT", total_bytes=len(content), media_type=kind).raise_for_status()
        media_id = str(begun.json()["media_id_string"])
        self.upload("APPEND", content, media_id=media_id, segment_index=0).raise_for_status()
        self.upload("FINALIZE", media_id=media_id).raise_for_status()
        return media_id

    def counts(self, post_id: str) -> dict[str, Any]:
        """Return a post's ``legacy`` fields and ``views``."""
        result = self.ask("TweetResultByRestId", tweetId=post_id).json()["data"]["tweetResult"]["result"]
        return {**result["legacy"], "views": int(result["views"].get("count", -1))}

    def search(self, query: str, product: str = "Latest") -> list[dict[str, Any]]:
        """Return the ``legacy`` fields of all posts that a search finds, from its first page to its last."""
        page, cursor = self._search_page(query, product)
        posts = page
        while page:
            page, cursor = self._search_page(query, product, cursor=cursor)
            posts += page
        return posts

    def _search_page(self, query: str, product: str, **cursor: str) -> tuple[list[dict[str, Any]], str]:
        """Return one page, and the cursor of the next."""
        results = self.ask("SearchTimeline", rawQuery=query, product=product, **cursor).json()
        instructions = results["data"]["search_by_raw_query"]["search_timeline"]["timeline"]["instructions"]
        contents = {e["entryId"]: e["content"] for i in instructions for e in i.get("entries", [])}
        bottom = next(str(c["value"]) for c in contents.values() if c.get("cursorType") == "Bottom")
        posts = [content["itemContent"] for name, content in contents.items() if name.startswith("tweet-")]
        return [post["tweet_results"]["result"]["legacy"] for post in posts], bottom

    def _headers(self) -> dict[str, str]:
        return {"cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}


def by(name: str) -> str:
    """Return the selector of a test id."""
    return f'[data-testid="{name}"]'


def write(page: Page, url: str, text: str) -> None:
    """Open the compose dialog, type a text and click the button."""
    page.goto(f"{url}/compose/post")
    page.click(f"[role=dialog] {by('tweetTextarea_0')}")
    page.keyboard.insert_text(text)
    page.click(f"[role=dialog] {by('tweetButton')}")


def let_draw(page: Page) -> None:
    """Let the page draw: two animation frames."""
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
