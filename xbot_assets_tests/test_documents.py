"""What the documents name exists: tests, which are their evidence, other documents, files and commands."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from xbot_assets.cli.app import app
from xbot_assets.settings import CHECKOUT

DOCUMENTS = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
ROOMS = ("xbot_assets", "xbot_assets_tests", "benchmarks", "docs", "scripts")
COMMAND = re.compile(r"(?:(?<=`)|(?<=\n    ))xbot ([a-z][^`\n]*?)(?=`|\n|  )")


def test_every_test_that_a_document_names_exists() -> None:
    """A promise whose test was renamed or deleted is found here."""
    named = {
        name
        for document in (CHECKOUT / "docs").rglob("*.md")
        for name in re.findall(r"`(test_\w+)`", document.read_text(encoding="utf-8"))
    }
    written = {
        name
        for module in (CHECKOUT / "xbot_assets_tests").rglob("test_*.py")
        for name in re.findall(r"^def (test_\w+)", module.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert named
    assert named <= written


@pytest.fixture(params=DOCUMENTS, ids=lambda path: path.name)
def document(request: pytest.FixtureRequest) -> Path:
    """Return each document in turn."""
    path: Path = request.param
    return path


def test_every_link_of_a_document_leads_somewhere(document: Path) -> None:
    """Links within the repository, and the headings that they name."""
    for target, heading in re.findall(r"\]\((?!https?:)([^)\s#]*)(?:#([^)\s]*))?\)", document.read_text("utf-8")):
        linked = document.parent / target if target else document
        assert linked.exists(), target
        assert not heading or heading in set(_anchors(linked)), f"{target}#{heading}"


def _anchors(document: Path) -> Iterator[str]:
    for heading in re.findall(r"^#+ (.*)$", document.read_text("utf-8"), re.MULTILINE):
        yield re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def test_every_file_of_ours_that_a_document_names_exists(document: Path) -> None:
    """By its path from the root, or from the package's."""
    named = re.findall(rf"`((?:{'|'.join(ROOMS)})/[\w./-]*\w)`", document.read_text("utf-8"))
    assert [path for path in named if not (CHECKOUT / path).exists()] == []


def test_every_command_that_a_document_shows_exists(document: Path) -> None:
    """With its options; the options of ``xbot replay`` are that program's own."""
    for line in COMMAND.findall(document.read_text("utf-8")):
        command, rest = _command(line.split())
        options = {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}
        given = {word.rstrip(".,") for word in rest if word.startswith("--")}
        assert command.name == "replay" or given <= options | {"--help"}, line


def _command(words: list[str]) -> tuple[Any, list[str]]:  # a command of the click that Typer brings
    command: Any = get_command(app)
    rest = list(words)
    while rest and hasattr(command, "get_command") and (below := command.get_command(None, rest[0])):
        command = below
        rest.pop(0)
    assert len(rest) < len(words), words
    assert not hasattr(command, "get_command") or not rest or rest[0].startswith("-"), words
    return command, rest


def test_every_command_that_the_proofs_name_can_be_run() -> None:
    """The files and the modules are there."""
    text = (CHECKOUT / "docs" / "proofs.md").read_text(encoding="utf-8")
    paths = set(re.findall(r"xbot_assets_tests/[\w/.]+", text))
    modules = set(re.findall(r"-m (benchmarks\.\w+)", text))
    assert paths
    assert modules
    assert [path for path in sorted(paths) if not (CHECKOUT / path).exists()] == []
    files = {name: CHECKOUT.joinpath(*name.split(".")) for name in modules}
    assert [name for name, file in files.items() if not (file.with_suffix(".py").exists() or file.is_dir())] == []
