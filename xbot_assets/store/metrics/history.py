"""What the account wrote before this system."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from xbot_assets.domain.history.archive import ArchivedPost
from xbot_assets.store.engine.database import Statements, Transaction
from xbot_assets.store.engine.rows import as_rows


@dataclass(frozen=True, slots=True)
class ImportCount:
    """How many posts were new, and how many an earlier import had brought already."""

    added: int
    known: int


def lock_history(transaction: Transaction) -> None:
    """Keep other imports out until the transaction ends."""
    transaction.execute("lock_post_history")


def imported_x_ids(db: Statements, x_ids: Iterable[str]) -> set[str]:
    """Return which of these ids of X are of posts that were imported."""
    return {row["x_post_id"] for row in db.fetch_all("imported_x_ids", x_ids=list(x_ids))}


def import_posts(transaction: Transaction, posts: Sequence[ArchivedPost], now: datetime) -> ImportCount:
    """Store posts that are new and bring the counts of known ones up to date.

    Posts that this system published are left out: it knows them better.
    """
    rows = as_rows(asdict(post) for post in posts)
    count = transaction.fetch_row(ImportCount, "import_posts", rows=rows, now=now)
    return count if count is not None else ImportCount(0, 0)
