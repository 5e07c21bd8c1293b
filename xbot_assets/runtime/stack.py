"""Which programs make up the stack, in which order, and what each is told."""

import os
import secrets
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from pydantic import SecretStr

from xbot_assets.domain.alerts.operations import PROCESS_DYING, PROCESS_FROZEN
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.door.sessions import KEY_BYTES, spent_tokens
from xbot_assets.runtime.browser_part import browser_program, update_browser_alerts
from xbot_assets.runtime.dagster_home import (
    CODE_SOCKET,
    code_server_command,
    daemon_command,
    pools_command,
    prepare_dagster_home,
    webserver_command,
    write_workspace,
)
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.runtime.endpoints import Endpoints, write_endpoints
from xbot_assets.runtime.environment import CODE, DATABASE, SERVICE, WEB
from xbot_assets.runtime.machine.accounts import kept_password, service_account
from xbot_assets.runtime.machine.files import private_directory
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.runtime.machine.sockets import socket_directory
from xbot_assets.runtime.progress import Progress
from xbot_assets.runtime.readiness import (
    accepts,
    answers,
    daemons_beat,
    daemons_live,
    serves_grpc,
)
from xbot_assets.runtime.stack_clock import slow_down, start_clock
from xbot_assets.runtime.supervision.programs import Program
from xbot_assets.runtime.supervision.supervisor import Supervisor
from xbot_assets.settings import Settings, load_settings
from xbot_assets.store.alerts import alert, resolve_alert, resolve_every
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.engine.migrate import migrate

X_URL = "https://x.com"
TOKEN_BYTES = 24
SERVICE_TOKEN = "service"  # noqa: S105 - its name among the kept passwords
DEATHS_MAX = 3
"""A program that dies so often without a sound minute in between needs a person."""
FROZEN_ALERT_WAITS = (1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0)
"""Seconds between the tries to store an alert while the database itself is started again."""


class Stack:
    """One start of the stack under a supervisor: chooses ports, starts in order, writes ``parts.json``.

    Raises:
        ProductError: from every method, when a part cannot be started or does not fit.
    """

    def __init__(self, settings: Settings, supervisor: Supervisor, progress: Progress, *, dagster: bool) -> None:
        self._settings = settings
        self._supervisor = supervisor
        self._progress = progress
        self._ports = PortBook(settings.home)
        self._service_port = self._ports.port_for("service", settings.service_port)
        self._sandbox_port = self._ports.port_for("sandbox", settings.sandbox_port) if self._has_sandbox() else 0
        self._web_port = self._ports.port_for("web", settings.web_port) if dagster else 0
        self.parts = self._first_parts()

    def start_parts(self) -> Settings:
        """Start everything but Dagster; return the settings as the parts make them."""
        spent_tokens(self._settings.home).clear()
        self._tell_parts()
        with self._progress.step("status service"):
            self._supervisor.start(self._service())
        self._start_stores()
        with self._progress.step("schema"):
            migrate(self.settings())
        if self._has_sandbox():
            with self._progress.step("sandbox"):
                self._supervisor.start(self._sandbox())
        with self._progress.step("clock"):
            start_clock(self.settings(), owns_site=self._owns_site())
        self._supervisor.deaths = self._on_death
        self._supervisor.frozen = self._on_frozen
        if self._settings.browser_url is None:
            with self._progress.step("browser"):
                self._supervisor.start(browser_program(self._settings, self.parts.browser_url, self._progress.tell))
        self._update_alerts()
        return self.settings()

    def prepare_dagster(self) -> None:
        """Make Dagster's directory and tables, and set the pool's limit before the first run, whoever starts it."""
        with self._progress.step("Dagster storage"):
            prepare_dagster_home(self._settings.home, self._settings.dagster_yaml_path)
            self._set_pools()

    def start_dagster(self) -> None:
        """Start Dagster's code server, UI and daemon."""
        sockets = Path(self.parts.sockets)
        code_socket = sockets / CODE_SOCKET
        workspace = write_workspace(self._settings.home, code_socket)
        self.parts = replace(self.parts, web_url=f"http://127.0.0.1:{self._web_port}")
        self._tell_parts()
        with self._progress.step("Dagster code"):
            command = code_server_command(code_socket, self._settings.definitions)
            # The fork server of the run workers puts its socket where temporary files go.
            short = {"TMPDIR": str(sockets)}
            serves = serves_grpc(code_socket)
            self._supervisor.start(
                Program("code", command, accepts(code_socket), short, signal_group=True, secrets=CODE, pulse=serves)
            )
        with self._progress.step("Dagster UI and daemon"):
            self._supervisor.start(self._web(workspace), self._daemon(workspace))

    def slow_down(self) -> None:
        """Let product time go on at real speed from now on; to be called before a stop."""
        if self._owns_site() and self.parts.database_url is not None:
            slow_down(self.settings())

    def settings(self) -> Settings:
        """Return the settings as every other process of the stack sees them now."""
        return load_settings({**os.environ, "XBOT_HOME": str(self._settings.home)})

    def _owns_site(self) -> bool:
        """Say whether the site is our own sandbox, so that its clock is ours to set."""
        return self._settings.mode == "sandbox" and self._settings.target_url is None

    def _has_sandbox(self) -> bool:
        """Say whether the sandbox is ours to start: as the site, as the language model, or as both."""
        return self._owns_site() or (self._settings.llm == "sandbox" and self._settings.openai_base_url is None)

    def _first_parts(self) -> Endpoints:
        """Return what is known before anything runs; the stores' addresses come when they are prepared."""
        settings, home = self._settings, self._settings.home
        sandbox = f"http://127.0.0.1:{self._sandbox_port}" if self._has_sandbox() else None
        browser_port = self._ports.port_for("browser") if settings.browser_url is None else 0
        own_llm = f"{sandbox}/v1" if settings.llm == "sandbox" and sandbox else None
        return Endpoints(
            database_url=_plain(settings.database_url),
            redis_url=_plain(settings.redis_url),
            browser_url=settings.browser_url or f"http://127.0.0.1:{browser_port}",
            browser_token=_plain(settings.browser_token) or secrets.token_urlsafe(TOKEN_BYTES),
            target_url=settings.target_url or (sandbox if self._owns_site() and sandbox else X_URL),
            sandbox_token=_plain(settings.sandbox_token) or (kept_password(home, "sandbox") if sandbox else None),
            openai_base_url=settings.openai_base_url or own_llm,
            service_url=f"http://127.0.0.1:{self._service_port}",
            service_token=_plain(settings.service_token) or self._own_token(),
            pages_key=secrets.token_urlsafe(KEY_BYTES),
            sockets=str(socket_directory(home)),
        )

    def _own_token(self) -> str | None:
        """Return the token that is made at the first start; the sandbox's pages are open without one."""
        return None if self._settings.mode == "sandbox" else kept_password(self._settings.home, SERVICE_TOKEN)

    def _start_stores(self) -> None:
        if self._settings.database_url is None:
            with self._progress.step("database"):
                postgres = EmbeddedPostgres(self._settings.home, service_account(), ports=self._ports)
                postgres.prepare()
                self.parts = replace(self.parts, database_url=postgres.url())
                self._supervisor.start(postgres.program())
        if self._settings.redis_url is None:
            with self._progress.step("cache"):
                valkey = EmbeddedValkey(self._settings.home, ports=self._ports)
                valkey.prepare()
                self.parts = replace(self.parts, redis_url=valkey.url())
                self._supervisor.start(valkey.program())
        self._tell_parts()

    def _service(self) -> Program:
        command = [sys.executable, "-m", "xbot_assets.service", "--port", str(self._service_port)]
        return Program("service", command, answers(f"{self.parts.service_url}/health/live"), secrets=SERVICE)

    def _web(self, workspace: Path) -> Program:
        ready = answers(f"{self.parts.web_url}/server_info", self.parts.service_token)
        return Program("web", webserver_command(self._web_port, workspace), ready, secrets=WEB)

    def _daemon(self, workspace: Path) -> Program:
        """Return the daemon; who knows whether it beats is the UI."""
        ui, token = f"{self.parts.web_url}", self.parts.service_token
        ready, pulse = daemons_beat(ui, token, system_now()), daemons_live(ui, token)
        return Program("daemon", daemon_command(workspace), ready, secrets=DATABASE, pulse=pulse)

    def _sandbox(self) -> Program:
        data = private_directory(self._settings.home / "sandbox")
        command = [sys.executable, "-m", "xbot_assets.sandbox", "--data", str(data), "--port", str(self._sandbox_port)]
        command += ["--audience", self._settings.sandbox_audience]
        # In the environment, because everybody may read a command line.
        token = {"XBOT_SANDBOX_TOKEN": self.parts.sandbox_token or ""}
        ready = answers(f"http://127.0.0.1:{self._sandbox_port}/_sandbox/health")
        return Program("sandbox", command, ready, environment=token, secrets=None)

    def _on_death(self, name: str, count: int) -> None:
        """Raise an alert about a program that keeps dying, and resolve it when it has run soundly again."""
        if 0 < count < DEATHS_MAX:
            return
        try:
            with open_database(self.settings()) as database:
                now = DatabaseClock(database).now()
                if count == 0:
                    resolve_alert(database, PROCESS_DYING, now, name=name)
                    resolve_alert(database, PROCESS_FROZEN, now, name=name)
                    return
                alert(database, PROCESS_DYING, now=now, name=name, deaths=count)
        except ProductError as failure:
            self._progress.tell(f"The alert about the {name} process was not stored: {failure.reason}")

    def _on_frozen(self, name: str, seconds: float) -> None:
        """Raise the alert about a program that hung; on a thread, as it may have been the database itself."""
        threading.Thread(target=self._tell_frozen, args=(name, seconds), name=f"frozen-{name}", daemon=True).start()

    def _tell_frozen(self, name: str, seconds: float) -> None:
        for wait in FROZEN_ALERT_WAITS:
            try:
                with open_database(self.settings()) as database:
                    now = DatabaseClock(database).now()
                    alert(database, PROCESS_FROZEN, now=now, name=name, seconds=seconds)
            except ProductError:
                time.sleep(wait)
            else:
                return
        self._progress.tell(f"The alert about the {name} process was not stored: the database does not answer.")

    def _update_alerts(self) -> None:
        """Resolve an earlier start's alerts, and raise those about a browser host that has no Chromium, or a weak one.

        Raises:
            PermanentFailure: ``browser_unconfined``.
        """
        with open_database(self.settings()) as database:
            now = DatabaseClock(database).now()
            resolve_every(database, PROCESS_DYING, now)
            resolve_every(database, PROCESS_FROZEN, now)
            update_browser_alerts(database, self.parts.browser_url, self._progress.tell)

    def _set_pools(self) -> None:
        done = self._supervisor.run("pools", pools_command(), secrets=DATABASE)
        if done.code:
            reason = f"Dagster's storage could not be set up: {done.last_words}"
            raise PermanentFailure(reason, code=FailureCode.DAGSTER_STORAGE, remedy=f"The log is {done.log}.")

    def _tell_parts(self) -> None:
        write_endpoints(self._settings.home, self.parts)


def _plain(secret: SecretStr | None) -> str | None:
    return None if secret is None else secret.get_secret_value()
