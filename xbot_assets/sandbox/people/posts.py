"""Accounts and posts as rows: their types, and every question the site asks about them.

A post is visible from ``visible_at`` until ``removed_at``.
"""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.sandbox.state.clock import moment_of, stamp
from xbot_assets.sandbox.state.database import Database, Value
from xbot_assets.sandbox.state.links import remember
from xbot_assets.sandbox.state.snowflake import snowflake

FIRST, LAST = datetime.fromisoformat("2000-01-01T00:00:00Z"), datetime.fromisoformat("9999-01-01T00:00:00Z")
"""Before and after all that happens here."""
_SEEN = "visible_at <= ? and (removed_at is null or removed_at > ?)"


@dataclass(frozen=True, slots=True)
class Account:
    """One person of the sandbox. ``origin`` is world, reader, or session (ours)."""

    id: str
    handle: str
    name: str
    bio: str
    location: str
    website: str
    joined_at: datetime
    followers: int
    following: int
    verified: bool
    pinned_id: str | None
    origin: str


@dataclass(frozen=True, slots=True)
class Post:
    """One post. ``author_followers`` is the author's audience when it was written; the audience model needs it."""

    id: str
    account_id: str
    text: str
    created_at: datetime
    visible_at: datetime
    removed_at: datetime | None
    in_reply_to: str | None
    conversation_id: str
    quoted_id: str | None
    reposted_id: str | None
    media: tuple[dict[str, str], ...]
    lang: str
    edited: bool
    promoted: bool
    author_followers: int
    origin: str


def _account(row: sqlite3.Row) -> Account:
    fields = dict(row)
    fields["joined_at"] = moment_of(fields["joined_at"])
    fields["verified"] = bool(fields["verified"])
    return Account(**fields)


def _post(row: sqlite3.Row) -> Post:
    fields = dict(row)
    for name in ("created_at", "visible_at", "removed_at"):
        fields[name] = moment_of(fields[name]) if fields[name] else None
    for name in ("edited", "promoted"):
        fields[name] = bool(fields[name])
    fields["media"] = tuple(json.loads(fields["media"]))
    return Post(**fields)


class Posts:
    """Reads and writes accounts and posts."""

    def __init__(self, database: Database) -> None:
        self._db = database

    # --- accounts -----------------------------------------------------------------------------------------
    def account(self, account_id: str) -> Account | None:
        """Return an account by its id."""
        row = self._db.one("select * from accounts where id = ?", (account_id,))
        return _account(row) if row else None

    def by_handle(self, handle: str) -> Account | None:
        """Return an account by its handle, in any case."""
        row = self._db.one("select * from accounts where handle = ?", (handle,))
        return _account(row) if row else None

    def accounts(self, origin: str) -> list[Account]:
        """Return all accounts of one origin, oldest first."""
        return [_account(r) for r in self._db.all("select * from accounts where origin = ? order by id", (origin,))]

    def add_account(self, account: Account) -> Account:
        """Store a new account."""
        row = {name: getattr(account, name) for name in Account.__dataclass_fields__}
        row |= {"joined_at": stamp(account.joined_at), "verified": int(account.verified)}
        self._insert("accounts", row)
        remember(self._db, account.website)
        return account

    def pin(self, account_id: str, post_id: str) -> None:
        """Pin a post to its author's profile."""
        self._db.run("update accounts set pinned_id = ? where id = ?", (post_id, account_id))

    # --- posts: writing -----------------------------------------------------------------------------------
    def free_id(self, moment: datetime, low: int = 0) -> str:
        """Return an id for ``moment`` that no post has yet."""
        candidate = snowflake(moment, low)
        while self._db.one("select 1 from posts where id = ?", (str(candidate),)):
            candidate += 1
        return str(candidate)

    def add(self, post: Post) -> Post:
        """Store a new post."""
        row = {name: getattr(post, name) for name in Post.__dataclass_fields__}
        row |= {"created_at": stamp(post.created_at), "visible_at": stamp(post.visible_at)}
        row |= {"removed_at": stamp(post.removed_at) if post.removed_at else None}
        row |= {"media": json.dumps(post.media), "edited": int(post.edited), "promoted": int(post.promoted)}
        self._insert("posts", row)
        remember(self._db, post.text)
        return post

    def add_all(self, posts: Iterable[Post]) -> None:
        """Store several posts, all or none."""
        with self._db.transaction():
            for post in posts:
                self.add(post)

    def remove(self, post_id: str, now: datetime) -> None:
        """Make a post disappear from ``now`` on."""
        self._db.run("update posts set removed_at = ? where id = ?", (stamp(now), post_id))

    def _insert(self, table: str, row: dict[str, Value]) -> None:
        names, marks = ", ".join(row), ", ".join("?" * len(row))
        self._db.run(f"insert into {table} ({names}) values ({marks})", list(row.values()))  # noqa: S608

    # --- posts: reading -----------------------------------------------------------------------------------
    def find(self, post_id: str, now: datetime) -> Post | None:
        """Return a post that can be seen now."""
        row = self._db.one(f"select * from posts where id = ? and {_SEEN}", (post_id, *_twice(now)))  # noqa: S608
        return _post(row) if row else None

    def exists(self, post_id: str, now: datetime) -> bool:
        """Say whether a post was ever made, visible or not."""
        sql = "select 1 from posts where id = ? and created_at <= ?"
        return self._db.one(sql, (post_id, stamp(now))) is not None

    def where(self, condition: str, args: list[Value], now: datetime, limit: int = -1, skip: int = 0) -> list[Post]:
        """Return visible posts that meet an SQL condition of ours, newest first. Never build it from input."""
        sql = f"select * from posts where {_SEEN} and {condition} order by created_at desc, id desc limit ? offset ?"  # noqa: S608
        return [_post(r) for r in self._db.all(sql, [*_twice(now), *args, limit, skip])]

    def count(self, condition: str, args: list[Value], now: datetime) -> int:
        """Count visible posts that meet an SQL condition of ours."""
        row = self._db.one(f"select count(*) n from posts where {_SEEN} and {condition}", [*_twice(now), *args])  # noqa: S608
        return int(row["n"]) if row else 0

    def replies(self, post_id: str, now: datetime) -> list[Post]:
        """Return the visible direct replies of a post, newest first."""
        return self.where("in_reply_to = ?", [post_id], now)

    def parents(self, post: Post, now: datetime) -> list[Post]:
        """Return what a reply answers, from the root of the conversation down."""
        chain: list[Post] = []
        current: Post | None = post
        while current and current.in_reply_to and (current := self.find(current.in_reply_to, now)):
            chain.insert(0, current)
        return chain

    def written_by(self, account_id: str, since: datetime = FIRST, before: datetime = LAST) -> list[Post]:
        """Return every post an account wrote on the site, gone or not, that appeared in a time, oldest first."""
        sql = "select * from posts where account_id = ? and origin = 'web' and visible_at >= ? and visible_at < ?"
        rows = self._db.all(f"{sql} order by created_at, id", (account_id, stamp(since), stamp(before)))
        return [_post(r) for r in rows]

    # --- what a viewer did --------------------------------------------------------------------------------
    def marks(self, account_id: str, post_id: str) -> set[str]:
        """Return which of like, bookmark and repost a viewer has given a post."""
        rows = self._db.all("select kind from marks where account_id = ? and post_id = ?", (account_id, post_id))
        return {str(r["kind"]) for r in rows}

    def mark(self, account_id: str, post_id: str, kind: str, *, on: bool) -> None:
        """Give or take back a like or bookmark."""
        sql = "insert or ignore into marks values (?, ?, ?)"
        if not on:
            sql = "delete from marks where account_id = ? and post_id = ? and kind = ?"
        self._db.run(sql, (account_id, post_id, kind))

    def mark_count(self, post_id: str, kind: str) -> int:
        """Count the marks of one kind that people of the site gave by hand."""
        row = self._db.one("select count(*) n from marks where post_id = ? and kind = ?", (post_id, kind))
        return int(row["n"]) if row else 0

    def follows(self, account_id: str, target_id: str) -> bool:
        """Say whether one account follows another."""
        sql = "select 1 from follows where account_id = ? and target_id = ?"
        return self._db.one(sql, (account_id, target_id)) is not None

    def follow(self, account_id: str, target_id: str, *, on: bool) -> None:
        """Follow or stop following."""
        sql = "insert or ignore into follows values (?, ?)"
        if not on:
            sql = "delete from follows where account_id = ? and target_id = ?"
        self._db.run(sql, (account_id, target_id))


def _twice(now: datetime) -> tuple[str, str]:
    return stamp(now), stamp(now)
