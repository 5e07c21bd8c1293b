"""Every SQL statement that changes posts, run on a post in every state: it moves along the table or not at all."""

import itertools
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.rows import dict_row

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.posts.lifecycle import ALLOWED, IN_HAND
from xbot_assets.domain.posts.post import PostStatus
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres
from xbot_assets.store.engine.rows import as_rows
from xbot_assets.store.engine.statements import Statement, product_statements
from xbot_assets.testing.queueing import NOON
from xbot_assets.testing.servers import fresh_database

Pair = tuple[str | None, str]
Connection = psycopg.Connection[dict[str, Any]]

WITHOUT_TOKEN = {"expire_leases"}
"""Takes posts from workers, for good reasons of its own; the token grows by it."""
SWITCHES = ("again", "threaded")
"""Parameters that are yes or no: the statement is run with each."""

CHANGES_POSTS = re.compile(r"\b(update|insert into|delete from) posts\b")
NEIGHBOURS = tuple(map(PostStatus, ("queued", "held", "armed", "unconfirmed", "published", "failed", "shadowed")))
"""The states that another segment of the same thread is in."""
SUBJECT, NEIGHBOUR = 1_000_001, 1_000_000
"""The numbers of the post under test and of its neighbour in a thread; beyond what the table gives out by itself."""
TOKEN = 3

ONE_ROW: dict[str, Any] = (
    {"text": "New words.", "fingerprint": "new", "topic": "sea", "format": "fact", "features": {}, "source": "llm"}
    | {"scheduled_at": NOON, "post_id": SUBJECT, "x_post_id": "9", "label": None, "views": 0}
    | {"replies": 0, "reposts": 0, "likes": 0, "bookmarks": 0, "why": "gone", "reason": "gone"}
    | {"read_at": NOON, "missed_at": NOON, "next_read_at": NOON, "unchanged_readings": 0}
)
"""A row that fits every statement that takes rows."""

VALUES: dict[str, Any] = (
    {"id": SUBJECT, "token": TOKEN, "now": NOON, "at": NOON, "before": NOON + timedelta(days=1), "most": 10}
    | {"scheduled_at": NOON, "published_at": NOON, "not_before": NOON, "lease": timedelta(minutes=15), "worker": "w"}
    | {"dead": "w", "kind": "permanent", "code": "c", "reason": "r", "rule": "r", "note": "n", "why": "w", "who": "me"}
    | {"x_post_id": "77", "permalink": "/me/status/77", "digest": "d", "text": "Edited.", "fingerprint": "edited"}
    | {"features": "{}", "replies_only": False, "rows": as_rows([ONE_ROW])}
    | {"looks_max": 3, "span": timedelta(minutes=30), "click_within": timedelta(minutes=10), "duplicate": "duplicate"}
    | {"reply_to": "5", "reply_to_handle": "ann"}
    | {"ids": [SUBJECT], "x_ids": [str(SUBJECT)], "seen": NOON, "missing_before": NOON}
)
"""What each parameter gets. A statement with a new parameter needs a value here."""


def changing() -> list[Statement]:
    """Return every statement that writes to the table of posts."""
    return [statement for statement in product_statements().values() if CHANGES_POSTS.search(statement.text.decode())]


@pytest.fixture(scope="module")
def connection(postgres: EmbeddedPostgres, template: str) -> Iterator[Connection]:
    """A connection to a database of the module's own; nothing is ever stored."""
    for url in fresh_database(postgres, template):
        with psycopg.connect(url, options="-c search_path=xbot", row_factory=dict_row) as opened:
            yield opened
            opened.rollback()


@pytest.fixture(scope="module")
def made() -> dict[str, set[Pair]]:
    """What each statement was seen to do, so that nothing is run twice."""
    return {}


def plant(connection: Connection, number: int, status: str, **columns: Any) -> None:  # noqa: ANN401 - SQL values
    """Put a post into a state, with what the schema asks of that state."""
    row = {"id": number, "status": status, "text": f"Post {number}.", "fingerprint": str(number), "topic": "sea"}
    row |= {"format": "fact", "scheduled_at": NOON, "planned_at": NOON, "fencing_token": TOKEN}
    if status in {"claimed", "armed"}:
        row |= {"claimed_by": "w", "claimed_at": NOON, "lease_until": system_now() + timedelta(hours=1)}
    if status in {"armed", "unconfirmed", "published"}:
        row |= {"armed_at": NOON}
    if status == "unconfirmed":
        row |= {"looks": 9, "looked_at": NOON, "first_absent_at": NOON - timedelta(days=1)}
    if status == "published":
        row |= {"missing_since": NOON - timedelta(days=1)}
        row |= {"published_at": NOON, "x_post_id": str(number), "permalink": f"/me/status/{number}"}
    row |= columns
    insert = sql.SQL("insert into posts ({}) overriding system value values ({})").format(
        sql.SQL(", ").join(map(sql.Identifier, row)), sql.SQL(", ").join(map(sql.Placeholder, row))
    )
    connection.execute(insert, row)


def scenes(statement: Statement, status: str) -> Iterator[list[tuple[int, str, dict[str, Any]]]]:
    """Yield the sets of posts to run it on: the post alone, and in threads if the statement knows of threads."""
    yield [(SUBJECT, status, {})]
    if b"thread_id" not in statement.text:
        return
    for neighbour in NEIGHBOURS:
        if {status, neighbour} <= {"claimed", "armed"}:
            continue  # only one post is ever in hand
        head = (NEIGHBOUR, neighbour, {"thread_id": NEIGHBOUR, "segment": 0})
        yield [head, (SUBJECT, status, {"thread_id": NEIGHBOUR, "segment": 1})]
        tail = {"thread_id": SUBJECT, "segment": 1}
        yield [(SUBJECT, status, {"thread_id": SUBJECT, "segment": 0}), (NEIGHBOUR, neighbour, tail)]


def snapshot(connection: Connection) -> dict[int, tuple[str, int]]:
    """Return state and token of every post."""
    rows = connection.execute("select id, status, fencing_token from posts").fetchall()
    return {row["id"]: (row["status"], row["fencing_token"]) for row in rows}


def run_on(
    connection: Connection, statement: Statement, values: dict[str, Any], posts: list[tuple[int, str, dict[str, Any]]]
) -> set[Pair]:
    """Run it on these posts, hold what it did against its own events, and return the changes it made."""
    with connection.transaction(force_rollback=True):
        for number, status, columns in posts:
            plant(connection, number, status, **columns)
        before = snapshot(connection)
        connection.execute(statement.text, values)
        after = snapshot(connection)
        events = connection.execute("select * from post_events order by id").fetchall()
    made = {event["post_id"]: (event["from_status"], event["to_status"]) for event in events}
    assert len(made) == len(events), "one event a post"
    assert set(before) <= set(after), "no post is ever deleted"
    assert {number for number in after if after[number][0] != before.get(number, (None, 0))[0]} <= set(made)
    for event in events:
        number = event["post_id"]
        assert made[number] == (before.get(number, (None, 0))[0], after[number][0])
        assert event["fencing_token"] == after[number][1] >= before.get(number, (None, 0))[1]
        if event["to_status"] == "claimed" or statement.name in WITHOUT_TOKEN:
            assert event["fencing_token"] > before[number][1]
    return set(made.values())


def run_unless_refused(
    connection: Connection, statement: Statement, values: dict[str, Any], posts: list[tuple[int, str, dict[str, Any]]]
) -> set[Pair]:
    """Run it; that the table itself refuses a second post in hand is as good as changing nothing."""
    try:
        return run_on(connection, statement, values, posts)
    except psycopg.errors.UniqueViolation as refused:
        if refused.diag.constraint_name != "posts_one_in_hand":
            raise
        return set()


def changes_of(connection: Connection, statement: Statement, **given: object) -> set[Pair]:
    """Return every change that a statement makes of any post in any state, with other values where given."""
    pairs: set[Pair] = set()
    used = [name for name in SWITCHES if f"%({name})s".encode() in statement.text]
    for positions in itertools.product([True, False], repeat=len(used)):
        values = VALUES | dict(zip(used, positions, strict=True)) | given
        for status in PostStatus:
            for posts in scenes(statement, status):
                pairs |= run_unless_refused(connection, statement, values, posts)
    return pairs


@pytest.mark.parametrize("statement", changing(), ids=lambda statement: statement.name)
def test_a_statement_moves_a_post_along_the_table_or_not_at_all(
    made: dict[str, set[Pair]], connection: Connection, statement: Statement
) -> None:
    """Whatever state the post is in; and each change has one event that says exactly what happened."""
    made[statement.name] = changes_of(connection, statement)
    assert made[statement.name] <= ALLOWED


@pytest.mark.parametrize("statement", changing(), ids=lambda statement: statement.name)
def test_what_a_worker_holds_is_changed_under_its_token_alone(connection: Connection, statement: Statement) -> None:
    """Whoever comes with an older or newer token changes nothing; only the end of a lease needs none."""
    for token in (TOKEN - 1, TOKEN + 1):
        made = changes_of(connection, statement, token=token)
        assert statement.name in WITHOUT_TOKEN or not {source for source, _ in made} & IN_HAND


def test_every_change_of_the_table_is_made_by_some_statement(
    made: dict[str, set[Pair]], connection: Connection
) -> None:
    """The table holds nothing that the product cannot do."""
    for statement in changing():
        if statement.name not in made:  # this test alone
            made[statement.name] = changes_of(connection, statement)
    assert set().union(*made.values()) >= ALLOWED
