"""The sandbox's state file: one SQLite database in WAL mode, used from one thread of one process."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

SCHEMA = Path(__file__).parents[1] / "schema.sql"
FILE_NAME = "sandbox.sqlite3"
CACHE_KIB = 4096
"""Page cache of the connection, in KiB: the whole world fits, and memory stays small."""

Value = str | int | float | bytes | None


class Database:
    """Rows in and out. Statements outside :meth:`transaction` commit by themselves."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._connection = sqlite3.connect(folder / FILE_NAME, isolation_level=None, check_same_thread=False)
        self._connection.row_factory = sqlite3.Row
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", f"cache_size=-{CACHE_KIB}"):
            self._connection.execute(f"pragma {pragma}")
        self._connection.executescript(SCHEMA.read_text(encoding="utf-8"))

    def all(self, sql: str, args: Sequence[Value] = ()) -> list[sqlite3.Row]:
        """Return every row of a query."""
        return self._connection.execute(sql, args).fetchall()

    def one(self, sql: str, args: Sequence[Value] = ()) -> sqlite3.Row | None:
        """Return the first row of a query, or ``None``."""
        row: sqlite3.Row | None = self._connection.execute(sql, args).fetchone()
        return row

    def run(self, sql: str, args: Sequence[Value] = ()) -> int:
        """Execute one statement and return how many rows it changed."""
        return self._connection.execute(sql, args).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything done inside, or nothing when it raises. Inside another one, that one decides."""
        if self._connection.in_transaction:
            yield
            return
        self._connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self._connection.execute("rollback")
            raise
        self._connection.execute("commit")

    def meta(self, name: str) -> str | None:
        """Return a stored single value, or ``None``."""
        row = self.one("select value from meta where name = ?", (name,))
        return None if row is None else str(row["value"])

    def set_meta(self, name: str, value: str) -> None:
        """Store a single value under a name."""
        self.run("insert or replace into meta (name, value) values (?, ?)", (name, value))

    def close(self) -> None:
        """Close the file; the WAL is folded back into it."""
        self._connection.close()
