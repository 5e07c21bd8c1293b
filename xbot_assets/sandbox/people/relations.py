"""What the site knows of posts and people beside their rows: sensitive posts, automated accounts, blocks, likes."""

from dataclasses import dataclass
from datetime import datetime

from xbot_assets.sandbox.state.clock import moment_of, stamp
from xbot_assets.sandbox.state.database import Database


@dataclass(frozen=True, slots=True)
class Act:
    """Somebody liked, reposted or followed; ``post_id`` is empty for a follow."""

    account_id: str
    kind: str
    post_id: str
    acted_at: datetime


class Relations:
    """Reads and writes them."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def is_sensitive(self, post_id: str) -> bool:
        """Say whether a post was marked as sensitive."""
        return self._db.one("select 1 from sensitive_posts where post_id = ?", (post_id,)) is not None

    def mark_sensitive(self, post_id: str) -> None:
        """Mark a post as sensitive."""
        self._db.run("insert or ignore into sensitive_posts values (?)", (post_id,))

    def is_automated(self, account_id: str) -> bool:
        """Say whether an account of the world carries the label of automated accounts."""
        return self._db.one("select 1 from automated_accounts where account_id = ?", (account_id,)) is not None

    def label_automated(self, account_id: str) -> None:
        """Give an account of the world the label of automated accounts."""
        self._db.run("insert or ignore into automated_accounts values (?)", (account_id,))

    def blocks(self, account_id: str, target_id: str) -> bool:
        """Say whether one account blocks another."""
        sql = "select 1 from blocks where account_id = ? and target_id = ?"
        return self._db.one(sql, (account_id, target_id)) is not None

    def block(self, account_id: str, target_id: str) -> None:
        """Let one account block another."""
        self._db.run("insert or ignore into blocks values (?, ?)", (account_id, target_id))

    def act(self, account_id: str, kind: str, target_id: str, post_id: str, now: datetime) -> None:
        """Note that somebody liked, reposted or followed."""
        sql = "insert or ignore into acts (account_id, kind, target_id, post_id, acted_at) values (?, ?, ?, ?, ?)"
        self._db.run(sql, (account_id, kind, target_id, post_id, stamp(now)))

    def acts_on(self, target_id: str, now: datetime, limit: int) -> list[Act]:
        """Return what was done with an account and its posts by now, newest first."""
        sql = (
            "select account_id, kind, post_id, acted_at from acts where target_id = ? and acted_at <= ?"
            " order by acted_at desc, account_id limit ?"
        )
        rows = self._db.all(sql, (target_id, stamp(now), limit))
        return [Act(r["account_id"], r["kind"], r["post_id"], moment_of(r["acted_at"])) for r in rows]
