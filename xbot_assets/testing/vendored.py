"""Files of other projects that the repository carries: what they are, whether they are whole, and fetching them again.

``vendored.toml`` beside the files names each npm package with its version, licence and the integrity that npm publishes
for its archive, and each file with its SHA-256.
"""

import argparse
import base64
import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PLACES = (ROOT / "xbot_assets/service/static/vendor", ROOT / "xbot_assets_tests/service/vendor")
"""What the pages use, and what only their tests use."""
LIST = "vendored.toml"


@dataclass(frozen=True, slots=True)
class Vendored:
    """One package: its files by their name here, each with its path in the archive and its SHA-256.

    ``integrity`` is npm's, as ``sha512-`` and base64. ``texts`` are files that the archive lacks, such as a licence
    that is only in the repository of the project.
    """

    place: Path
    name: str
    version: str
    licence: str
    integrity: str
    why: str
    files: dict[str, dict[str, str]]
    texts: dict[str, str]


def vendored() -> list[Vendored]:
    """Return every package of every place."""
    return [package for place in PLACES for package in _listed(place)]


def _listed(place: Path) -> list[Vendored]:
    document = tomllib.loads((place / LIST).read_text(encoding="utf-8"))
    return [Vendored(place=place, **{"texts": {}, **package}) for package in document["package"]]


def faults() -> list[str]:
    """Say what is missing, changed, without a licence, or not listed."""
    return [fault for place in PLACES for fault in _faults_in(place)]


def _faults_in(place: Path) -> list[str]:
    wanted = {LIST: ""}
    for package in _listed(place):
        wanted |= {name: facts["sha256"] for name, facts in package.files.items()} | package.texts
    present = {file.name for file in place.iterdir()}
    told = [f"{place.name}/{name} is not listed." for name in sorted(present - set(wanted))]
    return told + [
        f"{place.name}/{name} is missing or changed."
        for name, digest in wanted.items()
        if digest and not (name in present and _sha256((place / name).read_bytes()) == digest)
    ]


def fetch(package: Vendored) -> None:
    """Fetch a package by npm and write its files. Raises ``SystemExit`` when it is not what is listed."""
    with tempfile.TemporaryDirectory() as scratch:
        command = ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
        done = subprocess.run(command, cwd=scratch, check=True, capture_output=True, text=True)  # noqa: S603
        archive = Path(scratch) / done.stdout.split()[-1]
        digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
        if f"sha512-{digest}" != package.integrity:
            raise SystemExit(f"{package.name} {package.version}: the archive is sha512-{digest}, not what is listed.")
        with tarfile.open(archive) as opened:
            for name, facts in package.files.items():
                _write(package.place / name, opened, facts["path"])


def _write(target: Path, opened: tarfile.TarFile, path: str) -> None:
    member = opened.extractfile(f"package/{path}")
    if member is None:
        raise SystemExit(f"{path} is not in the archive.")
    target.write_bytes(member.read())


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def main() -> int:
    """Fetch, unless only asked to check; return 1 when something is not as it is listed."""
    parser = argparse.ArgumentParser(prog="scripts/vendor", description="Files of other projects that the pages carry.")
    parser.add_argument("--check", action="store_true", help="only compare with the checksums")
    if not parser.parse_args().check:
        for package in vendored():
            print(f"{package.name} {package.version}")
            fetch(package)
    told = faults()
    print("\n".join(told) or "All files are as they are listed.")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main())
