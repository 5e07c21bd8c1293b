"""Finds the folder of real saved pages; it is not part of this repository, so a checkout may lack it."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
VARIABLE = "TEST_X_PAGES"


def folder() -> Path:
    """Return the folder, from the environment or beside the checkout; skip the test when it is absent."""
    named = os.environ.get(VARIABLE)
    pages = Path(named) if named else CHECKOUT.parent / "shared" / "x_pages"
    if not (pages / "GROUND_TRUTH.json").is_file():
        pytest.skip(f"no saved pages of X at {pages}: set {VARIABLE} to their folder", allow_module_level=True)
    return pages


def truth() -> dict[str, list[dict[str, Any]]]:
    """Return what people read off the saved pages, by file name."""
    loaded: dict[str, list[dict[str, Any]]] = json.loads((folder() / "GROUND_TRUTH.json").read_text("utf-8"))
    return loaded


def folder_of_2026() -> Path:
    """Return the folder of the pages of 2026, beside the other one; skip the test when it is absent."""
    pages = folder().parent / "x_pages_2026"
    if not pages.is_dir():
        pytest.skip(f"no saved pages of X of 2026 at {pages}", allow_module_level=True)
    return pages
