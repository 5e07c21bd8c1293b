"""Runs twitter-text, X's own library, where node and the package are there.

``TWITTER_TEXT_MODULES`` names the directory ``node_modules`` it is in: ``npm install twitter-text@3.1.0`` makes one.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

VERSION = "3.1.0"
PLACE = "TWITTER_TEXT_MODULES"
RUN_SECONDS = 300
_COUNT = """
const {parseTweet} = require(process.argv[1]);
const texts = JSON.parse(require('fs').readFileSync(0, 'utf8'));
console.log(JSON.stringify(texts.map((text) => parseTweet(text).weightedLength)));
"""


def why_absent() -> str | None:
    """Say why the library cannot be run here, or ``None`` when it can."""
    if shutil.which("node") is None:
        return "There is no node here, which X's own library needs."
    manifest = _package() / "package.json"
    if not manifest.is_file():
        return f"{PLACE} names no directory with twitter-text: npm install twitter-text@{VERSION} makes one."
    version = json.loads(manifest.read_text("utf-8"))["version"]
    return None if version == VERSION else f"{PLACE} has twitter-text {version}, not {VERSION}."


def counted_by_x(texts: Sequence[str]) -> list[int]:
    """Return twitter-text's weighted length of each text."""
    command = ["node", "-e", _COUNT, str(_package())]
    answer = subprocess.run(  # noqa: S603 - our own script, texts on its standard input
        command, input=json.dumps(texts), capture_output=True, text=True, check=True, timeout=RUN_SECONDS
    )
    counts: list[int] = json.loads(answer.stdout)
    return counts


def _package() -> Path:
    return Path(os.environ.get(PLACE, "")).resolve() / "twitter-text"
