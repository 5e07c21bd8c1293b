"""The server's own books: one row per completion request, and every text it ever wrote.

Tests compare these rows with the product's ledger, so nothing here may come from the product.
"""

import hashlib
import sqlite3
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from xbot_assets.sandbox.llm.dialects.table import bill_of

_TABLES = """
create table if not exists llm_usage (
    id integer primary key autoincrement,
    model text not null,
    prompt_tokens integer not null,
    completion_tokens integer not null,
    at text not null,
    status integer not null
);
create table if not exists llm_written (digest text primary key) without rowid;
"""


@dataclass(frozen=True, slots=True)
class UsageRow:
    """One completion request: what it was billed, and the HTTP status of its answer. ``at`` is ISO, UTC."""

    id: int
    model: str
    prompt_tokens: int
    completion_tokens: int
    at: str
    status: int


class UsageLog:
    """The usage rows in an SQLite file of their own; safe to read from another thread."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        # The file outlives a restart, not a power cut: a sandbox may lose its last second.
        self._db.executescript(f"pragma journal_mode = wal; pragma synchronous = off; {_TABLES}")

    def add(self, model: str, tokens: tuple[int, int], at: datetime, status: int) -> int:
        """Book one request with its (prompt, completion) tokens; return the row's id."""
        with self._lock:
            cursor = self._db.execute(
                "insert into llm_usage (model, prompt_tokens, completion_tokens, at, status) values (?, ?, ?, ?, ?)",
                (model, *tokens, at.isoformat(), status),
            )
        return int(cursor.lastrowid or 0)

    def rows(self) -> list[UsageRow]:
        """Return every row, oldest first."""
        query = "select id, model, prompt_tokens, completion_tokens, at, status from llm_usage order by id"
        with self._lock:
            return [UsageRow(*row) for row in self._db.execute(query)]

    def as_json(self) -> list[dict[str, object]]:
        """Return the rows for the control endpoint, with their bill where the model is another server's."""
        return [
            {**asdict(row), "bill_microusd": bill_of(row.model, row.prompt_tokens, row.completion_tokens)}
            for row in self.rows()
        ]

    def count(self) -> int:
        """Return how many requests were ever booked: the call counter that keeps answers apart."""
        with self._lock:
            (highest,) = self._db.execute("select coalesce(max(id), 0) from llm_usage").fetchone()
        return int(highest)

    def is_new_text(self, text: str) -> bool:
        """Remember a text; say whether this is the first time it was written, by any process."""
        digest = hashlib.sha256(text.casefold().encode()).hexdigest()
        with self._lock:
            cursor = self._db.execute("insert or ignore into llm_written values (?)", (digest,))
        return cursor.rowcount == 1

    def clear(self) -> None:
        """Forget everything: for the sandbox's reset."""
        with self._lock:
            self._db.executescript("delete from llm_usage; delete from llm_written;")

    def close(self) -> None:
        """Close the file."""
        self._db.close()
