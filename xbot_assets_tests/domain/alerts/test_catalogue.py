"""The catalogue of alerts: each entry is raised somewhere and ends somewhere, and nothing else is ever raised."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib import import_module
from itertools import permutations
from pathlib import Path

import pytest

from xbot_assets.domain.alerts.account import PUBLISHING_HOLD
from xbot_assets.domain.alerts.catalogue import CATALOGUE, SUBJECTS, entry_of
from xbot_assets.domain.alerts.entry import ACKNOWLEDGED, AlertEntry
from xbot_assets.domain.alerts.publishing import FAILED_POST
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.runbook_document import runbook_document
from xbot_assets.settings import CHECKOUT

RUNBOOK = CHECKOUT / "docs" / "runbook.md"
ENTRIES_IN = "xbot_assets.domain.alerts."
RAISES, ENDS = {"alert"}, {"resolve_alert", "resolve_every"}
NOT_FIELDS = {"now", "cause", "counted"}


@cache
def calls() -> tuple[tuple[str, ast.Call, dict[str, AlertEntry], str], ...]:
    """Return every call in the product that raises or ends an alert, with the entries that its module imports.

    What a rig raises is not raised by the product.
    """
    paths = sorted(path for path in (CHECKOUT / "xbot_assets").rglob("*.py") if "testing" not in path.parts)
    return tuple(call for path in paths for call in calls_in(path))


def calls_in(path: Path) -> Iterator[tuple[str, ast.Call, dict[str, AlertEntry], str]]:
    """Return those of one module, as the name of the function, the call, the entries and the place."""
    text = path.read_text(encoding="utf-8")
    if any(name in text for name in RAISES | ENDS):
        tree = ast.parse(text)
        entries = {
            name.asname or name.name: getattr(import_module(node.module), name.name)
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith(ENTRIES_IN)
            for name in node.names
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (function := called(node)) in RAISES | ENDS:
                yield function, node, entries, f"{path.name}:{node.lineno}"


def called(call: ast.Call) -> str:
    """Return the last part of what is called, so that no way of importing it hides a call."""
    function = call.func
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


def entry_in(call: ast.Call, entries: dict[str, AlertEntry], where: str) -> AlertEntry:
    """Return the entry that a call names: its second argument, as the catalogue's modules export it."""
    name = call.args[1]
    assert isinstance(name, ast.Name), f"{where} names no entry of the catalogue"
    assert name.id in entries, f"{where}: {name.id} is no entry of the catalogue"
    return entries[name.id]


def uses() -> dict[str, set[AlertEntry]]:
    """Return the entries that each of the functions is called with somewhere."""
    used: dict[str, set[AlertEntry]] = defaultdict(set)
    for function, call, entries, where in calls():
        used[function].add(entry_in(call, entries, where))
    return used


def test_every_call_names_an_entry_and_gives_exactly_its_fields() -> None:
    """No free words, and no key put together by hand."""
    for function, call, entries, where in calls():
        entry = entry_in(call, entries, where)
        given = {keyword.arg for keyword in call.keywords} - NOT_FIELDS
        wanted = {"alert": entry.fields, "resolve_alert": entry.key_fields, "resolve_every": frozenset[str]()}[function]
        assert given == wanted, where


def test_every_entry_is_raised_somewhere_and_ends_somewhere() -> None:
    """By the system, where it says so; else by a person, who can close any of them."""
    used = uses()
    assert used["alert"] == set(CATALOGUE)
    ended = used["resolve_alert"] | used["resolve_every"]
    assert {entry.key for entry in CATALOGUE if entry.ends != ACKNOWLEDGED} <= {entry.key for entry in ended}


def test_open_alerts_are_read_only_to_be_shown() -> None:
    """Whatever else read them would make an alert a state that closing it changes. Rigs may look at them."""
    readers = {
        path.relative_to(CHECKOUT / "xbot_assets").as_posix()
        for path in (CHECKOUT / "xbot_assets").rglob("*.py")
        if "open_alerts" in path.read_text(encoding="utf-8")
    }
    assert {reader for reader in readers if not reader.startswith("testing/")} == {
        "store/alerts.py",
        "cli/decisions/alerts.py",
        "service/pages/inbox/alerts.py",
        "service/pages/status.py",
    }


def test_no_two_entries_can_have_one_key_or_one_place_in_the_runbook() -> None:
    """Neither as they are written nor once their fields are filled in."""
    for one, other in permutations(CATALOGUE, 2):
        assert one.key != other.key
        assert one.anchor != other.anchor
        assert not other.prefix.startswith(one.prefix if one.key_fields else f"{one.key} ")
        example = other.key_of(**dict.fromkeys(other.key_fields, "x"))
        assert not one.has(example)
        assert entry_of(example) is other


def test_every_entry_of_a_subject_is_in_the_catalogue() -> None:
    """One that is written and not listed would be raised without a place in the runbook."""
    modules = ("account", "content", "engagement", "learning", "metrics", "operations", "publishing")
    written = {
        value.key
        for module in modules
        for value in vars(import_module(f"{ENTRIES_IN}{module}")).values()
        if isinstance(value, AlertEntry)
    }
    assert written == {entry.key for entry in CATALOGUE}
    assert len(SUBJECTS) == len(modules)


def test_the_runbook_is_the_catalogue_s_and_has_a_place_for_every_entry() -> None:
    """``python -m xbot_assets.runbook_document > docs/runbook.md`` after a change."""
    text = RUNBOOK.read_text(encoding="utf-8")
    assert text == runbook_document()
    headings = [line.removeprefix("### ") for line in text.splitlines() if line.startswith("### ")]
    assert headings == [entry.title for entry in CATALOGUE]


def test_an_alert_in_words_has_all_its_fields_and_no_space_where_one_is_empty() -> None:
    """A failure without a remedy leaves only what the entry itself says."""
    words = PUBLISHING_HOLD.render(code=FailureCode.LOCKED, reason="X locked it.", remedy="")
    assert (words.key, words.remedy) == ("account:locked", "Then run 'xbot resume'.")
    assert words.reason == "Publishing is on hold: X locked it."


@pytest.mark.parametrize("fields", [{}, {"post_id": 1, "post": 2}])
def test_fields_that_are_missing_or_unknown_are_refused(fields: dict[str, object]) -> None:
    """A template is never stored half filled in."""
    with pytest.raises(TypeError, match="post_id"):
        FAILED_POST.key_of(**fields)
    with pytest.raises(TypeError, match="reason"):
        FAILED_POST.render(**fields)


@pytest.mark.parametrize(
    "change", [{"key": "Failed:{post_id}"}, {"sentence": "{}"}, {"remedy": "{reason!r}"}, {"remedy": "{post.id}"}]
)
def test_a_template_that_is_not_plain_words_with_named_fields_is_refused(change: dict[str, str]) -> None:
    """When the program is loaded, not when the alert is due."""
    with pytest.raises(ValueError, match=r"."):
        replace(FAILED_POST, **change)  # type: ignore[arg-type]


def test_an_alert_of_an_earlier_version_has_no_entry() -> None:
    """It can still be listed and acknowledged."""
    assert entry_of("pace:looks_automated") is None
