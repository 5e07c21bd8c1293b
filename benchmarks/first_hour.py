"""From a clone to the first post of one's own persona, with a stopwatch: ``python -m benchmarks.first_hour [--cold]``.

Clones this checkout's last commit into an empty directory and does what the README says, command by command: ``git
clone``, ``scripts/run init`` with a file of answers, ``scripts/run --once``. Then it asks whether a post of the persona
that was just made is on the sandbox's X. The time in which a person reads and types is not in it. With ``--cold`` the
packages come from the registry, without any cache.

Prints one JSON document; the exit code is 1 when no such post is out.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from xbot_assets.runtime.embedded.postgres import LOCATION_FILE
from xbot_assets.settings import CHECKOUT

ANSWERS = """
topics = [{name = "tea", keywords = ["pots", "leaves"]}, {name = "maps"}, {name = "bread"}]
audience = "People who sit down for a moment"
tones = ["dry", "warm"]
handle = "tea_and_maps"
timezone = "Europe/Berlin"
"""
TOPICS = ("tea", "maps", "bread")
CACHES = ("PIP_CACHE_DIR", "UV_CACHE_DIR")
SECONDS_MAX = 900.0


def commands(clone: Path, answers: Path) -> list[tuple[Path, list[str]]]:
    """Return what a new owner types, with where."""
    return [
        (clone.parent, ["git", "clone", "--quiet", str(CHECKOUT), clone.name]),
        (clone, ["scripts/run", "init", "--from", str(answers)]),
        (clone, ["scripts/run", "--once", "--json"]),
    ]


def environment(place: Path, *, cold: bool) -> dict[str, str]:
    """Return a new owner's environment: nothing of ours in it."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("XBOT_", "PYTHON", "VIRTUAL_"))}
    return own | ({name: str(place / name.lower()) for name in CACHES} if cold else {})


def walk(place: Path, *, cold: bool) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """Do it; return the seconds of each command, and the pass's document.

    Raises:
        RuntimeError: a command failed, with its last words.
    """
    clone, answers = place / "xbot-assets", place / "answers.toml"
    answers.write_text(ANSWERS, "utf-8")
    steps, output = list[dict[str, Any]](), ""
    for where, words in commands(clone, answers):
        began = time.monotonic()
        done = subprocess.run(  # noqa: S603 - what the README says
            words,
            cwd=where,
            env=environment(place, cold=cold),
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr[-2000:]}")
        steps.append({"command": " ".join(words[:3]), "seconds": round(time.monotonic() - began, 1)})
        output = done.stdout
    document: dict[str, Any] = json.loads(output)
    return steps, document


def remove(place: Path) -> None:
    """Delete everything; the database of root is somewhere else."""
    location = place / "xbot-assets" / ".xbot" / LOCATION_FILE
    if location.is_file():
        data = Path(location.read_text().strip())
        shutil.rmtree(data.parent if data.parent != location.parent else data, ignore_errors=True)
    shutil.rmtree(place, ignore_errors=True)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.first_hour", description="Clone to the first own post.")
    parser.add_argument("--cold", action="store_true", help="without any package in a cache")
    chosen = parser.parse_args()
    place = Path(tempfile.mkdtemp(prefix="xbot-first-hour-"))
    place.chmod(0o711)  # Chromium's user must pass through
    try:
        steps, document = walk(place, cold=chosen.cold)
    finally:
        remove(place)
    seconds = round(sum(step["seconds"] for step in steps), 1)
    facts = {"commands": len(steps), "seconds": seconds, "cold": chosen.cold, "load_average": os.getloadavg()}
    print(json.dumps(facts | {"steps": steps, "pass": document}, indent=2))
    return int(not any(post["status"] == "published" and post["topic"] in TOPICS for post in document["posts"]))


if __name__ == "__main__":
    sys.exit(main())
