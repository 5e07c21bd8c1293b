"""The shell scripts on machines that lack something: one clear sentence, never a half-made environment."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.testing.patience import PATIENCE

TOOLS = ("bash", "dirname", "cat", "rm", "tail", "chmod", "mktemp", "sed")
TOO_OLD = "#!/bin/sh\nexit 1\n"
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexit 0\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone on a path with spaces that was never started, and beside it a ``bin`` with a few tools."""
    root = tmp_path / "my clone"
    shutil.copytree(PACKAGE_ROOT / "scripts", root / "scripts")
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in TOOLS:
        program = shutil.which(name)
        assert program is not None
        (tools / name).symlink_to(program)
    return root


def run(clone: Path, script: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a script from another directory with nothing but the few tools on the path."""
    environment = {"PATH": str(clone.parent / "bin"), "HOME": os.environ.get("HOME", "/")}
    command = [str(clone.parent / "bin" / "bash"), str(clone / "scripts" / script), *words]
    return subprocess.run(
        command, cwd="/", env=environment, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def install_python(clone: Path, text: str) -> None:
    """Put a program called python3 on the path."""
    program = clone.parent / "bin" / "python3"
    program.write_text(text)
    program.chmod(0o755)


@pytest.mark.parametrize("script", ["run", "test", "check"])
@pytest.mark.parametrize("old", [False, True], ids=["no Python", "an old Python"])
def test_a_machine_without_a_fitting_python_is_told_what_to_install(clone: Path, script: str, *, old: bool) -> None:
    """Each script says the same sentence and makes nothing."""
    if old:
        install_python(clone, TOO_OLD)
    done = run(clone, script)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Python 3.11, 3.12 or 3.13 is needed, and none was found.")
    assert not (clone / ".venv").exists()


def test_a_python_without_venv_names_the_package_to_install(clone: Path) -> None:
    """Debian ships Python without it."""
    install_python(clone, WITHOUT_VENV)
    done = run(clone, "run", "--once", "--json")
    assert done.returncode == 1
    assert done.stdout == ""
    assert "cannot make virtual environments" in done.stderr
    assert "apt-get install python3-venv" in done.stderr
    assert not (clone / ".venv").exists()


@pytest.mark.parametrize("script", ["run", "test"])
def test_help_is_printed_without_installing_anything(clone: Path, script: str) -> None:
    """It is the comment at the head of the script."""
    done = run(clone, script, "--help")
    assert done.returncode == 0
    assert f"scripts/{script} " in done.stdout
    assert not (clone / ".venv").exists()


def test_the_first_word_is_a_command_and_options_alone_start_everything(clone: Path) -> None:
    """Whether or not anything is installed: a new owner's first command may be 'init'."""
    (clone / "scripts" / "_venv").write_text(
        """
        begin_install() { :; }; make_venv() { :; }; install_lock() { :; }; ensure_browser() { :; }; end_install() { :; }
        venv_python=printf_words
        printf_words() { shift 3; echo "$@"; }
        exec() { "$@"; }
        """
    )
    for words, wanted in {
        (): "up",
        ("--parts",): "up --parts",
        ("--once", "--json"): "once --json",
        ("init", "--from", "a file"): "init --from a file",
        ("sandbox", "clock", "--advance", "26h"): "sandbox clock --advance 26h",
    }.items():
        assert run(clone, "run", *words).stdout.strip() == wanted
