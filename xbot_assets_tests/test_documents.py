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
