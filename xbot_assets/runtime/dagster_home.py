"""Dagster's directory under the data directory, and the commands of its three processes.

Dagster itself is not imported here: these are files and command lines.
"""

import json
import shutil
import sys
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.runtime.machine.files import private_directory, write_private

DAGSTER_YAML = "dagster.yaml"
INSTANCE = PACKAGE_ROOT / "xbot_assets" / "defs" / "instance" / DAGSTER_YAML
"""Part of the package, so that a wheel has it; the one at a checkout's root, for 'dagster dev', is a link to it."""
LOCATION = "xbot_assets"
CODE_SOCKET = "code.sock"


def prepare_dagster_home(home: Path, chosen: Path | None = None) -> Path:
    """Make ``home/dagster`` with the package's ``dagster.yaml`` in it, or the owner's own, and return it.

    Raises:
        PermanentFailure: code ``no_dagster_yaml`` when the installation is not whole, or the owner's file is not there.
    """
    source = chosen or INSTANCE
    if not source.is_file():
        raise _missing(source, chosen)
    place = private_directory(home / "dagster")
    shutil.copyfile(source, place / DAGSTER_YAML)
    return place


def _missing(source: Path, chosen: Path | None) -> PermanentFailure:
    reason = f"{source} is missing."
    if chosen is None:
        return PermanentFailure(reason, code=FailureCode.NO_DAGSTER_YAML)
    remedy = "Correct XBOT_DAGSTER_YAML_PATH, or leave it empty for the package's own."
    return PermanentFailure(reason, code=FailureCode.NO_DAGSTER_YAML, remedy=remedy)


def write_workspace(home: Path, code_socket: Path) -> Path:
    """Write the workspace that names our one code server, and return its path. JSON is YAML."""
    server = {"socket": str(code_socket), "location_name": LOCATION}
    path = private_directory(home / "run") / "workspace.yaml"
    write_private(path, json.dumps({"load_from": [{"grpc_server": server}]}) + "\n")
    return path


def code_server_command(code_socket: Path, definitions: str) -> list[str]:
    """Return the command of the code server for a module of definitions.

    It does what it is told by anybody who reaches it, so it is reached through a socket and never by an address.

    ``api grpc`` serves from its own process; ``code-server start`` would add a second one of 200 MB whose only
    gain is the reload button, and the supervisor restarts ours as it is.
    """
    server = [sys.executable, "-m", "xbot_assets.defs.instance.code_server", "--module-name", definitions]
    place = ["--socket", str(code_socket), "--working-directory", str(PACKAGE_ROOT)]
    return [*server, *place, "--location-name", LOCATION, "--use-python-environment-entry-point"]


def webserver_command(port: int, workspace: Path) -> list[str]:
    """Return the command of the Dagster UI, behind our door."""
    server = [sys.executable, "-m", "xbot_assets.defs.instance.web_server", "--workspace", str(workspace)]
    return [*server, "--host", "127.0.0.1", "--port", str(port)]


def daemon_command(workspace: Path) -> list[str]:
    """Return the command of the daemon that runs schedules, sensors and the run queue."""
    return [sys.executable, "-m", "dagster._daemon", "run", "--workspace", str(workspace)]


def build_command(*words: str) -> list[str]:
    """Return a command of our own assembly: ``check`` or ``once``."""
    return [sys.executable, "-m", "xbot_assets.build", *words]


def pools_command() -> list[str]:
    """Return the command that writes the limits of the lanes' pools to Dagster's database."""
    return [sys.executable, "-m", "xbot_assets.defs.instance.pools"]
