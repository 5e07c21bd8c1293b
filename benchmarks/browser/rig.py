"""What the pool benchmarks share: the local site, the memory of a process tree, and how figures are reported."""

import contextlib
import http.server
import json
import os
import statistics
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
from playwright.async_api import StorageState

from xbot_assets.browser.chromium.find import find_browser
from xbot_assets.browser.chromium.keeper import ChromiumKeeper
from xbot_assets.browser.chromium.launcher import Launcher
from xbot_assets.browser.chromium.memory import held_mb
from xbot_assets.browser.host.pool import BrowserPool, ContextRules
from xbot_assets.browser.host.slots import SlotTable
from xbot_assets.settings import load_settings

ARTICLES = 40
"""With their text they make an HTML page of 12 KB."""
IMAGES = 5
_WORDS = "A post of ordinary length about nothing, written so that the page has text to lay out and to paint. "
_ARTICLE = f"<article><h2>Post %d</h2><p>{_WORDS * 2}{_WORDS[:30]}</p></article>"
_SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='32' height='32'><circle cx='16' cy='16' r='12'/></svg>"


def _page() -> str:
    images = "".join(f"<img src='/{number}.svg'>" for number in range(IMAGES))
    articles = "".join(_ARTICLE % number for number in range(ARTICLES))
    head = "<link rel=stylesheet href='/style.css'><script src='/script.js' defer></script>"
    return f"<!doctype html><title>Page</title>{head}{images}{articles}"


_FILES = {
    ".css": ("text/css", "article { border: 1px solid; margin: 1em; padding: 1em; } h2 { color: navy; }"),
    ".js": ("text/javascript", "document.title = document.querySelectorAll('article').length + ' posts';"),
    ".svg": ("image/svg+xml", _SVG),
}
_HTML = ("text/html; charset=utf-8", _page())
PAGE_BYTES = len(_HTML[1])


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        kind, text = _FILES.get(Path(self.path).suffix, _HTML)
        body = text.encode()
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Length", str(len(body))), ("Cache-Control", "no-store")):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def local_site() -> Iterator[str]:
    """Serve the page on a free loopback port from a thread."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class NoSession:
    """A session source for a site without accounts."""

    async def obtain(self) -> StorageState:
        """Return an empty session."""
        return {"cookies": [], "origins": []}


def browser_path() -> Path:
    """Return the Chromium that every side uses."""
    return find_browser(load_settings({}, use_parts=False))


def our_pool(url: str, home: Path, *, slots: int, max_mb: float = 100.0) -> BrowserPool:
    """Return the host's own pool, for ``url``."""
    chromium = ChromiumKeeper(Launcher(browser_path(), None, home, weaker=True), start_attempts=3)
    return BrowserPool(chromium, NoSession(), SlotTable(slots, None), ContextRules(url.rstrip("/"), max_mb))


def tree_mb() -> dict[str, float]:
    """Return the PSS below this process in MB: Playwright's driver, and everything of Chromium."""
    megabytes = {"driver": 0.0, "chromium": 0.0}
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            megabytes["driver" if Path(process.exe()).name == "node" else "chromium"] += held_mb(process.pid)
    return megabytes


def spread(values: Sequence[float]) -> dict[str, float]:
    """Return the median and the 95th percentile, rounded to hundredths."""
    ordered = sorted(values)
    return {
        "median": round(statistics.median(ordered), 2),
        "p95": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2),
        "n": len(ordered),
    }


def machine() -> dict[str, object]:
    """Return what the figures depend on."""
    load = [round(value, 2) for value in os.getloadavg()]
    return {"cores": os.cpu_count(), "load_average": load, "browser": str(browser_path()), "page_bytes": PAGE_BYTES}


def report(**parts: object) -> None:
    """Print one JSON document."""
    print(json.dumps(parts, indent=2))
