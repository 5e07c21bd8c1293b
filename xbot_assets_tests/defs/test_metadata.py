"""Metadata of assets, as it is after the event log has stored it."""

import ast
from enum import StrEnum
from pathlib import Path

import dagster as dg

import xbot_assets.defs
from xbot_assets.defs.metadata import materialized, plain


class Word(StrEnum):
    """Any enumeration of ours."""

    YES = "yes"


def test_an_enumeration_is_stored_and_read_back_as_its_word(tmp_path: Path) -> None:
    """At any depth: a plain enumeration makes the storing instance fail after the asset has done its work."""

    @dg.asset
    def tells() -> dg.MaterializeResult[None]:
        return materialized({"word": Word.YES, "nested": {"words": [Word.YES], Word.YES: 1}, "number": 2})

    (tmp_path / "dagster.yaml").touch()
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert dg.materialize([tells], instance=instance).success
        event = instance.get_latest_materialization_event(dg.AssetKey("tells"))
    assert event is not None
    assert event.asset_materialization is not None
    told = event.asset_materialization.metadata
    assert told["word"].value == "yes"
    assert type(told["word"].value) is str
    assert told["nested"].value == {"words": ["yes"], "yes": 1}
    assert told["number"].value == 2


def test_a_value_of_dagster_s_own_stays_what_it_is() -> None:
    """Such as a table or a plot's link."""
    link = dg.MetadataValue.url("http://127.0.0.1/plot")
    assert plain({"plot": link}) == {"plot": link}


def test_no_asset_returns_its_result_past_the_one_that_makes_metadata_plain() -> None:
    """Otherwise the next enumeration would break the next asset."""
    root = Path(xbot_assets.defs.__file__).parent
    past = [
        f"{file.relative_to(root)}:{node.lineno}"
        for file in root.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if file.name != "metadata.py"
        and isinstance(node, ast.Call)
        and ast.unparse(node.func) == "dg.MaterializeResult"
    ]
    assert past == []
