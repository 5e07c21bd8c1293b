"""Named SQL: every statement of the product lives in ``sql/*.sql`` under a name."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

_HEADER = re.compile(r"^-- name: (?P<name>[a-z][a-z0-9_]*)$", re.MULTILINE)
_CHANGES = re.compile(r"\b(insert|update|delete|create|pg_advisory\w*)\b", re.IGNORECASE)
_COMMENT = re.compile(r"^--.*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Statement:
    """One named statement.

    Attributes:
        name: as written after ``-- name:``.
        about: the comment line below the name.
        text: the SQL, as bytes because psycopg accepts only literals as ``str``.
        reads: it changes and locks nothing, so that running it again is harmless.
    """

    name: str
    about: str
    text: bytes
    reads: bool


@cache
def product_statements() -> Mapping[str, Statement]:
    """Load the product's own statements, once a process."""
    return load_statements(files("xbot_assets.store") / "sql")


def load_statements(folder: Traversable) -> Mapping[str, Statement]:
    """Load every ``.sql`` file of a folder and the folders in it.

    Raises:
        PermanentFailure: ``bad_sql_file`` when a name is used twice or a statement has no comment line.
    """
    statements: dict[str, Statement] = {}
    for file in _sql_files(folder):
        for statement in _statements_in(file):
            if statement.name in statements:
                raise _bad_file(file.name, f"the name {statement.name} is used twice")
            statements[statement.name] = statement
    return statements


def _sql_files(folder: Traversable) -> Iterator[Traversable]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _sql_files(entry)
        elif entry.name.endswith(".sql"):
            yield entry


def _statements_in(file: Traversable) -> Iterator[Statement]:
    content = file.read_text(encoding="utf-8")
    headers = list(_HEADER.finditer(content))
    ends = [header.start() for header in headers[1:]] + [len(content)]
    for header, end in zip(headers, ends, strict=True):
        body = content[header.end() : end].strip()
        first, _, sql = body.partition("\n")
        if not first.startswith("-- ") or not sql.strip():
            raise _bad_file(file.name, f"{header['name']} needs one comment line and a statement below its name")
        bare = _COMMENT.sub("", sql).strip()
        yield Statement(header["name"], first.removeprefix("-- "), bare.encode(), not _CHANGES.search(bare))


def _bad_file(file: str, problem: str) -> PermanentFailure:
    return PermanentFailure(f"The SQL file {file} cannot be used: {problem}.", code=FailureCode.BAD_SQL_FILE)
