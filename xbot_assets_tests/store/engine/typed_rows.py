"""Compares the row types of the product with the columns of the statements that they are used with."""

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import psycopg
from psycopg.pq import ExecStatus

import xbot_assets
from xbot_assets.store.engine.statements import Statement

PACKAGE = Path(xbot_assets.__file__).parent
FETCHERS = ("fetch_row", "fetch_rows")

PYTHON_TYPES: Mapping[str, tuple[type, ...]] = {
    "bool": (bool,),
    "int2": (int,),
    "int4": (int,),
    "int8": (int,),
    "float4": (float,),
    "float8": (float,),
    "numeric": (Decimal,),
    "text": (str,),
    "varchar": (str,),
    "name": (str,),
    "timestamptz": (datetime,),
    "date": (date,),
    "interval": (timedelta,),
    "uuid": (UUID,),
    "bytea": (bytes,),
    "json": (dict, list, Mapping),
    "jsonb": (dict, list, Mapping),
}
"""What psycopg makes of each SQL type; an array is a list of these."""


@dataclass(frozen=True, slots=True)
class TypedFetch:
    """One call of ``fetch_row`` or ``fetch_rows`` in the product."""

    place: str
    row_type: type
    statement: str


def typed_fetches() -> Iterator[TypedFetch]:
    """Find every typed fetch in the package."""
    for file in sorted(PACKAGE.rglob("*.py")):
        content = file.read_text(encoding="utf-8")
        if any(f".{fetcher}(" in content for fetcher in FETCHERS):
            yield from _fetches_in(file, content)


def prepare(connection: psycopg.Connection[Any], statement: Statement) -> Mapping[str, str]:
    """Let PostgreSQL prepare a statement and return the SQL type of each column; arrays start with ``_``."""
    prepared = connection.pgconn.prepare(b"", _with_numbers(statement.text.decode()).encode())
    assert prepared.status == ExecStatus.COMMAND_OK, f"{statement.name}: {prepared.error_message.decode()}"
    columns = connection.pgconn.describe_prepared(b"")
    names = [(columns.fname(number) or b"").decode() for number in range(columns.nfields)]
    assert len(set(names)) == len(names), f"{statement.name} names a column twice"
    return {name: _type_name(connection, columns.ftype(number)) for number, name in enumerate(names)}


def differences(row_type: type, columns: Mapping[str, str]) -> list[str]:
    """Return how a row type and a statement's columns differ; empty when they fit."""
    if not _is_frozen_and_slotted(row_type):
        return [f"{row_type.__name__} is not a frozen, slotted dataclass"]
    hints = get_type_hints(row_type)
    names = [field.name for field in fields(row_type)]
    missing = [f"no column for the field {name}" for name in names if name not in columns]
    unknown = [f"no field for the column {name}" for name in columns if name not in names]
    unfit = [
        f"{name} is {columns[name]} in SQL and {hints[name]} in the row type"
        for name in names
        if name in columns and not _fits(columns[name], hints[name])
    ]
    return missing + unknown + unfit


def _fetches_in(file: Path, content: str) -> Iterator[TypedFetch]:
    module = import_module(".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts))
    for node in ast.walk(ast.parse(content)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in FETCHERS:
            place = f"{file.relative_to(PACKAGE.parent)}:{node.lineno}"
            kind, name = node.args[:2]
            assert isinstance(kind, ast.Name), f"{place}: the row type is not a plain name"
            assert isinstance(name, ast.Constant), f"{place}: the statement is not named by a literal"
            yield TypedFetch(place, getattr(module, kind.id), str(name.value))


def _with_numbers(text: str) -> str:
    """Return a statement with PostgreSQL's own placeholders."""
    numbers: dict[str, int] = {}
    while "%(" in text:
        name = text.split("%(", 1)[1].split(")s", 1)[0]
        number = numbers.setdefault(name, len(numbers) + 1)
        text = text.replace(f"%({name})s", f"${number}")
    return text.replace("%%", "%")


def _type_name(connection: psycopg.Connection[Any], oid: int) -> str:
    row = connection.execute("select typname from pg_type where oid = %s", [oid]).fetchone()
    assert row is not None
    return str(row[0])


def _is_frozen_and_slotted(row_type: type) -> bool:
    if not is_dataclass(row_type):
        return False
    parameters: Any = row_type.__dataclass_params__  # type: ignore[attr-defined]
    return bool(parameters.frozen) and "__slots__" in vars(row_type)


def _fits(sql_type: str, hint: object) -> bool:
    alternatives = [kind for kind in _alternatives(hint) if kind is not NoneType]
    if sql_type.startswith("_"):
        return all(
            get_origin(kind) in (list, Sequence) and _fits(sql_type.removeprefix("_"), get_args(kind)[0])
            for kind in alternatives
        )
    return bool(alternatives) and all(_is_one_of(kind, PYTHON_TYPES.get(sql_type, ())) for kind in alternatives)


def _alternatives(hint: object) -> list[object]:
    if get_origin(hint) in (Union, UnionType):
        return [kind for part in get_args(hint) for kind in _alternatives(part)]
    if get_origin(hint) is Literal:
        return [type(value) for value in get_args(hint)]
    return [hint]


def _is_one_of(kind: object, allowed: Collection[type]) -> bool:
    return (get_origin(kind) or kind) in allowed
