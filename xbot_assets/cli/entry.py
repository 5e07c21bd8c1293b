"""The entry point: no traceback ever reaches a user."""

import os
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

import stamina
import typer

from xbot_assets.cli.app import app
from xbot_assets.cli.arguments import check_arguments
from xbot_assets.cli.terminal import Styled, echo, harmless
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.masking import mask
from xbot_assets.runtime.machine.files import home_directory, open_private, private_directory
from xbot_assets.runtime.supervision.supervisor import LOGS_DIRECTORY, Stopped
from xbot_assets.settings import default_home
from xbot_assets.settings.places import whole_path

EXIT_FAILED = 1
EXIT_CRASHED = 70
"""EX_SOFTWARE of sysexits.h: a fault of the program, not of its use."""
EXIT_INTERRUPTED = 130
"""What a shell reports for a program ended by Ctrl-C."""
CRASH_LOG = "crash.log"


def main() -> None:
    """Run the command line and exit with its code."""
    # By default stamina tells of each retry on standard output, where structlog is installed: into our documents.
    stamina.instrumentation.set_on_retry_hooks([stamina.instrumentation.LoggingOnRetryHook])
    sys.exit(guarded(_command_line))


def _command_line() -> None:
    check_arguments(sys.argv[1:])
    app(prog_name="xbot")


def guarded(run: Callable[[], object]) -> int:
    """Run a command; turn whatever it raises into words and an exit code."""
    try:
        run()
    except SystemExit as ending:
        return _code(ending)
    except ProductError as failure:
        _say(failure.reason, failure.remedy)
        return EXIT_FAILED
    except (KeyboardInterrupt, Stopped):
        _say("Stopped.", "")
        return EXIT_INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader went away: nobody to tell
        return EXIT_FAILED
    except Exception as error:  # noqa: BLE001 - the last stop before the user
        return _unforeseen(error)
    return 0


def _code(ending: SystemExit) -> int:
    return ending.code if isinstance(ending.code, int) else EXIT_FAILED if ending.code else 0


def _say(reason: str, remedy: str) -> None:
    echo(Styled(reason, typer.colors.RED), err=True)
    if remedy.strip():
        echo(remedy.strip(), err=True)


def _unforeseen(error: Exception) -> int:
    """Say what happened in one sentence; what the system refuses is the machine's fault, not the program's.

    A full disk under our own output is one, too.
    """
    if isinstance(error, OSError) and error.strerror:
        _say(f"{error.filename or 'The system refuses'}: {error.strerror}.", _keep_traceback())
        return EXIT_FAILED
    _say(f"xbot failed unexpectedly ({type(error).__name__}).", _keep_traceback())
    return EXIT_CRASHED


def _keep_traceback() -> str:
    """Write the traceback to the crash log and return the sentence that names it."""
    try:
        home = whole_path(Path(os.environ.get("XBOT_HOME") or default_home()))
        logs = private_directory(home_directory(home) / LOGS_DIRECTORY)
        trace = harmless(mask(traceback.format_exc()))
        told = f"--- {system_now():%Y-%m-%d %H:%M:%S} UTC, {sys.argv[1:2]}\n{trace}\n"
        with open_private(logs / CRASH_LOG, os.O_WRONLY | os.O_APPEND) as stream:
            stream.write(told.encode(errors="backslashreplace"))
    except (OSError, ValueError, ProductError):
        return "The details could not be written down; set XBOT_HOME to a place that can be written."
    return f"The details are in {logs / CRASH_LOG}; please report them."
