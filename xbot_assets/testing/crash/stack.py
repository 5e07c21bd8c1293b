"""The real parts that are killed: PostgreSQL (fsync on), the sandbox, the browser host, a worker.

Each is kept alive.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psutil  # type: ignore[import-untyped]  # ships no types

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.machine.accounts import service_account
from xbot_assets.runtime.machine.logfile import LogFile
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.stack_clock import start_clock
from xbot_assets.runtime.supervision.child import Child, Limits, Reports
from xbot_assets.runtime.supervision.orphans import ProcessRecord
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.operations.clock_control import apply_line
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.testing.crash.points import Gate
from xbot_assets.testing.crash.schedule import BACKEND, CHROMIUM, HOST, POSTGRES, WORKER

ROOT = Path(__file__).parents[3]
LIMITS = Limits(start_seconds=90, stop_seconds=15, backoff_max_seconds=1)
QUIET = Reports(tell=lambda _sentence: None, deaths=lambda _name, _times: None)
TOKEN = "crash-test"  # noqa: S105 - of parts that live for this run
HANDLE = "xbot_demo"
SITE_SEED = 1
ASK_SECONDS = 20.0
POLL_SECONDS = 0.05
VICTIM_SECONDS = 30.0
"""A victim that is being restarted is waited for this long."""
WELL_SECONDS = 90.0
"""Database and browser host are back within this."""
PROFILE = {
    # Four minutes of product time each second, so that spacing, the hour's and the day's limits let posts follow.
    "sandbox_clock_rate": "240",
    "post_spacing_minutes": "1",
    "post_stale_hours": "720",
    "posts_per_day_max": "200",
    "posts_per_hour_max": "60",
    "rate_start_per_hour": "60",
    "rate_floor_per_hour": "60",
    "rate_ceiling_per_hour": "60",
    "hour_weight_min": "1",
    "hour_weight_max": "1",
    "recovery_minutes": "1",
    # Fifteen failures in a row are what this test is made of, and the breaker's times are real ones.
    "breaker_reset_seconds": "1",
    "breaker_probe_seconds": "15",
    "claim_lease_minutes": "1",
    "publish_deadline_seconds": "30",
    "read_deadline_seconds": "30",
    "redis_url": "off",
}
"""What the fast profile sets; everything else is as shipped."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What the parts are started as.

    Attributes:
        profile: settings that are not as shipped.
        site: the module that is the sandbox.
        host: the module that is the browser host.
        begins: where both clocks start; ``None``: at real time. The site's world is made anew there.
        switches: what the site is like throughout, whatever faults it has at times.
    """

    profile: Mapping[str, str] = field(default_factory=lambda: PROFILE)
    site: str = "xbot_assets.testing.crash.site"
    host: str = "xbot_assets.testing.crash.host"
    begins: datetime | None = None
    switches: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True)
class CrashStack:
    """The running parts.

    Attributes:
        gate: where the tested processes tell their steps.
        settings: the product's, as ``own`` gives them to processes.
        switches: what the site is like whatever its faults are.
        worker: the parent of the publishing processes.
    """

    home: Path
    gate: Gate
    postgres: EmbeddedPostgres
    server: Child
    host: Child
    settings: Settings
    own: dict[str, str]
    switches: Mapping[str, object]
    worker: Child | None = None

    def ask_sandbox(self, path: str, change: Mapping[str, object] | None = None, *, method: str = "") -> Any:  # noqa: ANN401 - JSON
        """Ask the sandbox's control endpoint, or put something there."""
        method = method or ("GET" if change is None else "PUT")
        address = f"{self.settings.target_url}/_sandbox/{path}"
        headers = {"Authorization": f"Bearer {TOKEN}"}
        answer = httpx.request(method, address, json=change, headers=headers, timeout=ASK_SECONDS, trust_env=False)
        return answer.raise_for_status().json() if answer.content else None

    def set_faults(self, faults: Mapping[str, object]) -> None:
        """Make these the site's faults, beside what it is like throughout."""
        self.ask_sandbox("faults", {**self.switches, **faults})

    def kill(self, victim: str) -> None:
        """SIGKILL a process of that kind, waiting for one that is just being restarted."""
        find = {
            WORKER: self._publishing,
            HOST: lambda: self.host.pid,
            POSTGRES: lambda: self.server.pid,
            BACKEND: self._backend,
            CHROMIUM: self._chromium,
        }[victim]
        deadline = time.monotonic() + VICTIM_SECONDS
        while time.monotonic() < deadline:
            pid = find()
            if pid is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                    return
            time.sleep(POLL_SECONDS)
        raise RuntimeError(f"There was no {victim} to kill.")

    def _publishing(self) -> int | None:
        parent = self.worker.pid if self.worker else None
        return _first(_below(parent, recursive=False), lambda _: True)

    def _backend(self) -> int | None:
        return _first(_below(self.server.pid, recursive=False), lambda words: "postgres: xbot " in " ".join(words))

    def _chromium(self) -> int | None:
        def is_main(words: list[str]) -> bool:
            return "--remote-debugging-pipe" in words and not words[0].endswith("sh")

        return _first(_below(self.host.pid, recursive=True), is_main)

    def wait_until_well(self) -> None:
        """Wait until every part answers, so that a kill meets a whole stack."""
        deadline = time.monotonic() + WELL_SECONDS
        while not (self.postgres.ready() and self.host_is_well()):
            if time.monotonic() > deadline:
                raise RuntimeError("The parts did not come back.")
            time.sleep(POLL_SECONDS)

    def host_is_well(self) -> bool:
        """Say whether the host has a Chromium."""
        return _answers(f"{self.settings.browser_url}/health")

    @contextmanager
    def working(self, kind: str, environment: Mapping[str, str] | None = None) -> Iterator[None]:
        """Keep a publishing worker of that kind alive."""
        command = [sys.executable, "-P", "-m", "xbot_assets.testing.crash.worker", kind]
        program = Program(f"worker-{kind}", command, lambda: True, environment or {}, stop_signal=signal.SIGTERM)
        with _kept(program, self.home, self.environment()) as self.worker:
            yield
        self.worker = None

    def environment(self) -> dict[str, str]:
        """Return the environment of host and workers."""
        bare = {name: value for name, value in os.environ.items() if not name.startswith(("XBOT_", "OPENAI_"))}
        return bare | self.gate.environment | self.own


def _own(home: Path, profile: Mapping[str, str], database_url: str, site: str, host: str) -> dict[str, str]:
    """Return the product's environment: the profile, and where the parts are."""
    own = {
        "home": str(home),
        "handle": HANDLE,
        "database_url": database_url,
        "browser_token": TOKEN,
        "sandbox_token": TOKEN,
        "browser_url": host,
        "target_url": site,
        "openai_base_url": f"{site}/v1",
    }
    named = {f"XBOT_{name.upper()}": value for name, value in {**profile, **own}.items()}
    return named | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"}


def _below(pid: int | None, *, recursive: bool) -> list[Any]:
    with contextlib.suppress(psutil.Error):
        return list(psutil.Process(pid).children(recursive=recursive)) if pid else []
    return []


def _first(processes: list[Any], wanted: Callable[[list[str]], bool]) -> int | None:
    for process in processes:
        with contextlib.suppress(psutil.Error, IndexError):
            if process.status() != psutil.STATUS_ZOMBIE and wanted(process.cmdline()):
                return int(process.pid)
    return None


def _answers(address: str) -> bool:
    try:
        return httpx.get(address, timeout=ASK_SECONDS, trust_env=False).is_success
    except httpx.HTTPError:
        return False


@contextmanager
def _kept(program: Program, home: Path, environment: Mapping[str, str]) -> Iterator[Child]:
    child = Child(program, LogFile(home / "logs" / f"{program.name}.log"), ProcessRecord(home), LIMITS, QUIET)
    try:
        child.start(environment, lambda: False)
        yield child
    finally:
        child.stop(lambda: False)


@contextmanager
def crash_stack(parts: Parts | None = None) -> Iterator[CrashStack]:
    """Start the parts (the crash test's) in a directory of their own; stop them and remove their data at the end."""
    place = Path(tempfile.mkdtemp(prefix="xbot-crash-"))
    place.chmod(0o711)  # the database's user must pass through
    try:
        with ExitStack() as running:
            yield _started(running, place / ".xbot", parts or Parts())
    finally:
        kept = os.environ.get("KEEP_LOGS")
        if kept:
            shutil.copytree(place / ".xbot" / "logs", kept, dirs_exist_ok=True)
        shutil.rmtree(place, ignore_errors=True)


def _started(running: ExitStack, home: Path, parts: Parts) -> CrashStack:
    ports = PortBook(home)
    postgres = EmbeddedPostgres(home, service_account(), ports=ports)
    postgres.prepare()
    running.callback(postgres.remove)
    server = running.enter_context(_kept(postgres.program(), home, os.environ))
    site, host = (f"http://127.0.0.1:{ports.port_for(name)}" for name in ("sandbox", "browser"))
    own = _own(home, parts.profile, postgres.url(), site, host)
    settings = load_settings(own)
    migrate(settings)
    gate = running.enter_context(Gate(home))
    stack = CrashStack(home, gate, postgres, server, server, settings, own, parts.switches)
    running.enter_context(_kept(_site(settings, parts.site), home, stack.environment()))
    start_clock(settings, owns_site=True)
    if parts.begins is not None:
        _begin_at(stack, parts.begins)
    stack.set_faults({})
    stack.host = running.enter_context(_kept(_host(settings, stack, parts.host), home, stack.environment()))
    return stack


def _begin_at(stack: CrashStack, at: datetime) -> None:
    """Put both clocks at a time, past or future, and make the site's world as it is then."""
    with open_database(stack.settings) as database:
        apply_line(stack.settings, database, ClockLine(system_now(), at, stack.settings.sandbox_clock_rate))
    stack.ask_sandbox("reset", {"seed": SITE_SEED}, method="POST")


def _site(settings: Settings, module: str) -> Program:
    data, port = str(settings.home / "sandbox"), str(settings.target_url).rpartition(":")[2]
    command = [sys.executable, "-P", "-m", module, "--data", data, "--port", port]
    return Program("sandbox", command, lambda: _answers(f"{settings.target_url}/_sandbox/health"))


def _host(settings: Settings, stack: CrashStack, module: str) -> Program:
    port = str(settings.browser_url).rpartition(":")[2]
    return Program("browser", [sys.executable, "-P", "-m", module, "--port", port], stack.host_is_well)
