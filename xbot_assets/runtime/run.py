"""The two ways to run a stack: until stopped, and for one pass of the loop."""

import errno
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from xbot_assets.browser.chromium.find import ensure_browser
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.runtime.checks import check_addresses, check_files, check_home, exposed_env_file
from xbot_assets.runtime.dagster_home import build_command, prepare_dagster_home
from xbot_assets.runtime.endpoints import Endpoints, remove_endpoints
from xbot_assets.runtime.environment import CODE, child_environment
from xbot_assets.runtime.machine.files import full_disk, keep_to_ourselves, unwritable
from xbot_assets.runtime.machine.lock import StackLock
from xbot_assets.runtime.machine.sockets import remove_socket_directory
from xbot_assets.runtime.progress import Progress
from xbot_assets.runtime.stack import Stack
from xbot_assets.runtime.supervision.child import Limits
from xbot_assets.runtime.supervision.supervisor import Stopped, Supervisor
from xbot_assets.settings import Settings

PROGRESS_LINE = re.compile(r"^  (?P<step>\w[\w ]*): (?P<seconds>[\d.]+) s$")
"""How ``python -m xbot_assets.build once`` tells its progress, among Dagster's own lines."""

NO_ROOM = (errno.ENOSPC, errno.EDQUOT)


def run_stack(settings: Settings, progress: Progress, *, dagster: bool, started: Callable[[Endpoints], None]) -> None:
    """Run the stack until it is asked to stop.

    Args:
        settings: as read without the parts file, which may be of an earlier, killed stack.
        progress: where steps are told.
        dagster: also start Dagster; otherwise only the parts.
        started: called with the addresses when everything is up.

    Raises:
        ProductError: when something cannot be started; everything is stopped again then.
    """
    with _stack(settings, progress, "up", dagster=dagster) as (stack, supervisor):
        stack.start_parts()
        stack.prepare_dagster()
        if dagster:
            stack.start_dagster()
        started(stack.parts)
        supervisor.wait()


def run_pass(settings: Settings, progress: Progress) -> dict[str, Any]:
    """Start the parts, run one pass of the loop, stop the parts; return the pass's document.

    Raises:
        ProductError: when a part cannot be started or a step failed; the reason is the step's own.
        Stopped: it was asked to stop.
    """
    document: dict[str, Any] | None = None
    with _stack(settings, progress, "once", dagster=False) as (stack, supervisor):
        stack.start_parts()
        prepare_dagster_home(settings.home, settings.dagster_yaml_path)
        command = build_command("once", "--json")
        done = supervisor.run("once", command, lambda line: _forward(line, progress), secrets=CODE)
        if done.code:
            raise PermanentFailure(done.last_words, code=FailureCode.PASS_FAILED, remedy=f"The log is {done.log}.")
        document = _document(done.output)
    if document is None:
        raise Stopped
    return document | {"start_seconds": progress.seconds}


@contextmanager
def _stack(settings: Settings, progress: Progress, holder: str, *, dagster: bool) -> Iterator[tuple[Stack, Supervisor]]:
    """Hold the lock, supervise, and clean up; a stop that was asked for ends the block quietly."""
    check_addresses(settings)
    check_home(settings)
    keep_to_ourselves()  # not before: directories above the data directory are not ours to close
    check_files(settings)
    if (told := exposed_env_file(settings)) is not None:
        progress.tell(f"{told} {FailureCode.SECRETS_EXPOSED.remedy}")
    limits = Limits(
        settings.start_timeout_seconds,
        settings.stop_timeout_seconds,
        settings.restart_backoff_max_seconds,
        settings.silence_max_seconds,
    )
    environment = child_environment(settings)
    with (
        StackLock(settings.home, holder, cleaner_seconds=settings.stop_timeout_seconds),
        _nothing_left(settings.home),
        Supervisor(settings.home, limits, environment, progress.tell) as supervisor,
    ):
        if settings.browser_url is None:
            ensure_browser(settings, progress.tell)
        stack = Stack(settings, supervisor, progress, dagster=dagster)
        try:
            yield stack, supervisor
        except Stopped:
            pass
        except ProductError as failure:
            raise full_disk(settings.home, failure) or failure from failure.__cause__
        except OSError as error:
            if error.errno not in NO_ROOM:
                raise
            refused = unwritable(settings.home, error)
            raise full_disk(settings.home, refused) or refused from error
        finally:
            progress.tell("Stopping.")
            stack.slow_down()


@contextmanager
def _nothing_left(home: Path) -> Iterator[None]:
    """Remove an earlier stack's parts file before, and our own and the sockets after everything has stopped."""
    remove_endpoints(home)
    try:
        yield
    finally:
        remove_endpoints(home)
        remove_socket_directory(home)


def _forward(line: str, progress: Progress) -> None:
    match = PROGRESS_LINE.match(line)
    if match:
        progress.step_done(match["step"].replace("_", " "), float(match["seconds"]))


def _document(output: str) -> dict[str, Any]:
    try:
        document = json.loads(output)
    except ValueError as error:
        raise PermanentFailure(
            "The pass gave no document.", code=FailureCode.PASS_FAILED, remedy="See logs/once.log."
        ) from error
    if not isinstance(document, dict):
        raise PermanentFailure("The pass gave no document.", code=FailureCode.PASS_FAILED, remedy="See logs/once.log.")
    return document
