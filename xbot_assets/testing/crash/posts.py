"""The two publishers that are tested, as the test sees them: queue a text, and say what has become of each."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, LiteralString, Protocol

import psycopg
from psycopg import sql

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.posts.images import PostImage, post_image
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.settings import Settings
from xbot_assets.steps.product import open_product
from xbot_assets.steps.publishing.reconciliation import compare_timeline
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.store.publishing.recovery import open_removals
from xbot_assets.testing.crash.baseline import DATABASE_VARIABLE, PLACE_VARIABLE, TASK, install, opened_app
from xbot_assets.testing.crash.stack import CrashStack
from xbot_assets.testing.patience import until
from xbot_assets.testing.pictures import png
from xbot_assets.testing.servers import with_database

State = Literal["waiting", "under way", "published", "flagged", "refused"]
"""``flagged``: unconfirmed, looked for as often as is allowed and not queued again any more, or held for a person; an
alert is open.
``refused``: failed, told by an alert or, with the plain worker, by its job's state."""
FINAL_STATES: frozenset[State] = frozenset({"published", "flagged", "refused"})
PATIENCE_SECONDS = 60.0
"""A database that was killed answers again within this."""
RETRY_SECONDS = 0.2
CONNECT_SECONDS = 3
BASELINE_DATABASE = "plain"
DUPLICATE = FailureCode.DUPLICATE_TEXT
IMAGES = (post_image("grey.png", png(8), "A grey square."),)

_POSTS = """
select text, case
    when status = 'published' then 'published'
    when status = 'queued' then 'waiting'
    when status = 'unconfirmed' and looks >= %(looks)s and (requeues > 0 or failure_code = 'duplicate')
        and exists (select from xbot.alerts where resolved_at is null and key = 'unconfirmed_post:' || p.id)
        then 'flagged'
    when status = 'held' and exists (select from xbot.alerts where resolved_at is null and key = 'approval:waiting')
        then 'flagged'
    when status = 'rejected' then 'refused'
    when status = 'failed' and exists (
        select from xbot.alerts where resolved_at is null
            and key in ('failed_post:' || p.id, 'broken_thread:' || p.thread_id)
    ) then 'refused'
    else 'under way' end
from xbot.posts p
"""
_CLOSE = """
with closed as (
    update xbot.posts set status = 'failed' where text = any(%(texts)s) and status = 'unconfirmed' returning id
)
update xbot.alerts set resolved_at = last_seen_at from closed
where key = 'unconfirmed_post:' || closed.id and resolved_at is null returning key
"""
"""What is unconfirmed for good would be looked for before each further post."""
_JOBS = """
select args->>'text', case status when 'succeeded' then 'published' when 'todo' then 'waiting'
    when 'doing' then 'under way' else 'refused' end
from procrastinate_jobs where task_name = %(task)s
"""


class Publisher(Protocol):
    """Whoever publishes what is queued."""

    kind: str
    in_cycles: bool
    """Whether each process of its worker ends by itself after one post."""

    def queue(self, text: str, *, with_image: bool = False) -> None:
        """Have a text published."""

    def states(self) -> dict[str, State] | None:
        """Return what has become of each text; ``None`` while the database does not answer."""

    def marked_removed(self) -> int:
        """Compare X with the queue, if it does that; return how many of its posts it takes for removed from X."""

    def environment(self) -> dict[str, str]:
        """Return what its worker needs beside the product's settings."""

    def close(self) -> None:
        """Let go of the database."""


class _Eye:
    """One connection for looking, opened again after the server was killed."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection: psycopg.Connection[Any] | None = None

    def ask(self, query: LiteralString, **values: object) -> list[Any] | None:
        """Return what a query answers; ``None`` while the database does not."""
        try:
            if self._connection is None:
                self._connection = psycopg.connect(self._url, connect_timeout=CONNECT_SECONDS, autocommit=True)
            return self._connection.execute(query, values).fetchall()
        except psycopg.OperationalError:
            self.close()
            return None

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


def _insist(work: Callable[[], Any]) -> Any:  # noqa: ANN401 - passed on
    """Try again while the database is down."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return work()
        except (ProductError, psycopg.OperationalError) as error:
            if getattr(error, "code", "") == DUPLICATE:
                return None  # the try before was stored, and its answer lost
            if time.monotonic() > deadline:
                raise
        time.sleep(RETRY_SECONDS)


class Ours:
    """The product's own publishing."""

    kind = "ours"
    in_cycles = True

    def __init__(self, stack: CrashStack) -> None:
        self._settings = stack.settings
        self._eye = _Eye(_url(stack.settings))
        self._left_to_a_person: set[str] = set()

    def close(self) -> None:
        """Let go of the database."""
        self._eye.close()

    def queue(self, text: str, *, with_image: bool = False) -> None:
        """Queue a post that is due now."""
        _insist(lambda: self._enqueue(text, IMAGES if with_image else ()))

    def _enqueue(self, text: str, images: tuple[PostImage, ...]) -> None:
        if text in (self.states() or {}):
            return  # the try before was stored, and its answer lost
        with open_database(self._settings) as database:
            now = DatabaseClock(database).now()
            post = NewPost(text=text, topic="crash", format="tip", scheduled_at=now, images=images)
            enqueue_posts(database, [post], now)

    def states(self) -> dict[str, State] | None:
        """Read the posts; where a person is asked, answer as one who closes the matter."""
        rows = self._eye.ask(_POSTS, looks=self._settings.recovery_looks_max)
        if rows is None:
            return None
        states: dict[str, State] = dict(rows)
        asked = {text for text, state in states.items() if state == "flagged"}
        if asked and self._eye.ask(_CLOSE, texts=list(asked)) is not None:
            self._left_to_a_person |= asked
        return states | dict.fromkeys(self._left_to_a_person, "flagged")

    def marked_removed(self) -> int:
        """Compare the timeline with the queue as often as it takes to call a post removed; nothing is, on this site."""
        with open_product(self._settings, worker="judge") as product:
            _insist(lambda: compare_timeline(product))
            again = product.clock.now() + self._settings.verify_again
            until(lambda: product.clock.now() > again, "the second comparison is due")
            _insist(lambda: compare_timeline(product))
            return len(open_removals(product.database))

    def environment(self) -> dict[str, str]:
        """Return nothing: the settings are enough."""
        return {}


class Plain:
    """The plain retrying worker, in a database of its own on the same server."""

    kind = "plain"
    in_cycles = False

    def __init__(self, stack: CrashStack, place: Path) -> None:
        install(place)
        with psycopg.connect(stack.postgres.admin_url(), autocommit=True) as connection:
            connection.execute(sql.SQL("create database {} owner xbot").format(sql.Identifier(BASELINE_DATABASE)))
        self._place = place
        self._url = with_database(_url(stack.settings), BASELINE_DATABASE)
        app = opened_app(self._url, place)
        with app.open():
            app.schema_manager.apply_schema()
        self._eye = _Eye(self._url)

    def close(self) -> None:
        """Let go of the database."""
        self._eye.close()

    def queue(self, text: str, *, with_image: bool = False) -> None:
        """Defer a job. Images are none of this publisher's."""
        if with_image:
            raise NotImplementedError("the plain worker publishes texts")
        _insist(lambda: self._defer(text))

    def _defer(self, text: str) -> None:
        if text in (self.states() or {}):
            return
        app = opened_app(self._url, self._place)
        try:
            with app.open():
                app.configure_task(TASK).defer(text=text)
        except Exception as error:
            raise psycopg.OperationalError(str(error)) from error

    def states(self) -> dict[str, State] | None:
        """Read the jobs."""
        rows = self._eye.ask(_JOBS, task=TASK)
        return None if rows is None else dict(rows)

    def marked_removed(self) -> int:
        """Return none: it does not look."""
        return 0

    def environment(self) -> dict[str, str]:
        """Name the package's place and the database."""
        return {PLACE_VARIABLE: str(self._place), DATABASE_VARIABLE: self._url}


def _url(settings: Settings) -> str:
    return settings.database_url.get_secret_value() if settings.database_url else ""
