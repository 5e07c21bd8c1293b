"""Ctrl-C in the tests ends everything that they started, whoever its parent is by then, and says so in one line."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from xbot_assets.process_identity import identity_of
from xbot_assets.runtime.environment import PACKAGE_ROOT
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets_tests.run import PREFIX

pytestmark = pytest.mark.slow

LEAVES_A_SERVER = """
import os, pathlib, subprocess, sys, time

def test_that_starts_a_server_nobody_is_the_parent_of():
    sleeper = [sys.executable, "-c", "import time; time.sleep(3600)"]
    again = "import subprocess, sys; print(subprocess.Popen(sys.argv[1:], stdout=-3, start_new_session=True).pid)"
    done = subprocess.run([sys.executable, "-c", again, *sleeper], stdout=subprocess.PIPE, text=True)
    disk = pathlib.Path(os.environ["TMPDIR"], "disk")
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True)  # root alone may
    pathlib.Path(os.environ["TOLD"]).write_text(done.stdout)
    {then}
"""


def run(tmp_path: Path, then: str) -> tuple[subprocess.Popen[str], int]:
    """Run one such test as ``scripts/test`` does, until its server runs; return the run and the server's number."""
    told, file = tmp_path / "told", tmp_path / "test_inner.py"
    file.write_text(LEAVES_A_SERVER.format(then=then))
    (tmp_path / "inner.ini").write_text("[pytest]\n")
    (tmp_path / "tmp").mkdir()
    words = ["-c", str(tmp_path / "inner.ini"), "--rootdir", str(tmp_path), "-p", "no:cacheprovider", "-n", "1"]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "xbot_assets_tests.run", *words, str(file)],
        env=os.environ | {"TMPDIR": str(tmp_path / "tmp"), "TOLD": str(told)},
        cwd=PACKAGE_ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    until(lambda: told.exists() and told.read_text().strip(), "the server runs")
    return process, int(told.read_text())


def test_an_interrupted_run_ends_what_it_started_removes_its_files_and_says_so(tmp_path: Path) -> None:
    """Also a server in a session of its own whose parent has ended, and a disk that a test mounted."""
    process, server = run(tmp_path, "time.sleep(3600)")
    assert list((tmp_path / "tmp").glob(f"{PREFIX}*"))
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 128 + signal.SIGINT
    assert said.strip().splitlines() == [
        "Interrupted: everything that the tests had started was ended, and their files were removed."
    ]
    assert identity_of(server) is None
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_run_that_leaves_a_server_behind_ends_it_and_says_so(tmp_path: Path) -> None:
    """The tests' own result is kept."""
    process, server = run(tmp_path, "pass")
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "The tests had left 1 processes running; they were ended." in said
    assert identity_of(server) is None
    assert list((tmp_path / "tmp").iterdir()) == []
