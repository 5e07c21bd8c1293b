"""Row types have exactly the columns of their statements, of types that fit; PostgreSQL says what those are."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

import psycopg
import pytest

from xbot_assets.store.engine.database import Database
from xbot_assets.store.engine.statements import Statement, product_statements
from xbot_assets_tests.store.engine.typed_rows import PACKAGE, differences, prepare, typed_fetches

COUNTING = Statement("counting", "", b"select 1::bigint as number, array['a'] as labels, 'ok' as outcome", reads=True)


@dataclass(frozen=True, slots=True)
class Counting:
    """What fits."""

    number: int | None
    labels: list[str]
    outcome: Literal["ok", "failed"]


@dataclass(frozen=True, slots=True)
class OneMoreField(Counting):
    """A field that no column fills."""

    counted_at: datetime


@dataclass(frozen=True, slots=True)
class OneFieldLess:
    """A column without a field."""

    number: int
    labels: list[str]


@dataclass(frozen=True, slots=True)
class OtherTypes:
    """Names that fit and types that do not."""

    number: str
    labels: list[int]
    outcome: Literal[1]


@dataclass
class Changeable:
    """Rows do not change."""

    number: int
    labels: list[str]
    outcome: str


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection that sees the product's tables."""
    with psycopg.connect(database_url, autocommit=True, options="-c search_path=xbot") as opened:
        yield opened


def test_every_row_type_has_the_columns_of_the_statements_it_is_used_with(
    connection: psycopg.Connection[Any],
) -> None:
    """Every typed fetch of the product is compared, wherever it is."""
    statements = product_statements()
    unfit = {
        f"{fetch.place} {fetch.row_type.__name__} for {fetch.statement}": wrong
        for fetch in typed_fetches()
        if (wrong := differences(fetch.row_type, prepare(connection, statements[fetch.statement])))
    }
    assert unfit == {}


def test_a_row_type_that_does_not_fit_is_told_by_column(connection: psycopg.Connection[Any]) -> None:
    """One more, one less, of another type, changeable; and one that fits."""
    columns = prepare(connection, COUNTING)
    assert differences(Counting, columns) == []
    assert differences(OneMoreField, columns) == ["no column for the field counted_at"]
    assert differences(OneFieldLess, columns) == ["no field for the column outcome"]
    assert [wrong.split()[0] for wrong in differences(OtherTypes, columns)] == ["number", "labels", "outcome"]
    assert differences(Changeable, columns) == ["Changeable is not a frozen, slotted dataclass"]


def test_a_typed_fetch_returns_rows_of_that_type_and_refuses_others(database: Database) -> None:
    """With the cheapest statement there is."""

    @dataclass(frozen=True, slots=True)
    class Answer:
        one: int

    assert database.fetch_rows(Answer, "database_answers") == [Answer(1)]
    assert database.fetch_row(Answer, "database_answers") == Answer(1)
    assert database.fetch_row(Answer, "queue_counts") is None
    with pytest.raises(TypeError):
        database.fetch_row(OneFieldLess, "database_answers")


def test_no_row_is_made_but_by_a_typed_fetch() -> None:
    """What is made of a row by hand, no test compares with its statement."""
    by_hand = [
        str(file.relative_to(PACKAGE))
        for file in sorted(PACKAGE.rglob("*.py"))
        if "(**row)" in file.read_text(encoding="utf-8")
    ]
    assert by_hand == ["store/engine/database.py"]
