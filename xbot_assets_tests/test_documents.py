"""The documents name tests as their evidence: each of them exists."""

import re

from xbot_assets.settings import CHECKOUT


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
