"""A backup of one stack is restored on a second one, which goes on where the first stopped."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from xbot_assets.domain.posts.post import NewPost
from xbot_assets.store.clock import DatabaseClock
from xbot_assets.store.engine.database import open_database
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.testing.load.stack import LOAD_SETTINGS, LoadStack, running_stack
from xbot_assets.testing.patience import until
from xbot_assets_tests.acceptance.command import xbot

BEFORE, WAITING, AFTER = "Posted before the backup.", "In the queue of the backup.", "Written after the backup."
NEW = "Written on the second stack."
HELD = "select count(*)::int as holds from publishing_holds where lifted_at is null"
STATUS = "select status from posts where text = %(text)s"


def queue(stack: LoadStack, text: str) -> None:
    """Queue a post that is due now."""
    with open_database(stack.settings()) as database:
        now = DatabaseClock(database).now()
        enqueue_posts(database, [NewPost(text=text, topic="load", format="statement", scheduled_at=now)], now)


def is_out(stack: LoadStack, text: str) -> bool:
    """Say whether the product knows that a post is on X."""
    return stack.ask_database(STATUS, text=text) == [{"status": "published"}]


def on_x(stack: LoadStack) -> Counter[str]:
    """Return how often each of our texts is on X."""
    return Counter(post["text"] for post in stack.ask_sandbox("ledger")["posts"])


@pytest.mark.soak
def test_a_second_stack_goes_on_from_a_backup_of_the_first_and_posts_nothing_twice(tmp_path: Path) -> None:
    """What went out after the backup was made is seen on X; X itself is the same for both."""
    backup, x = tmp_path / "a.backup", tmp_path / "x"
    with running_stack(LOAD_SETTINGS) as first:
        queue(first, BEFORE)
        until(lambda: is_out(first, BEFORE), "a post is out")
        # The run that takes it may come before the backup is made, or after it: both are well.
        queue(first, WAITING)
        made = xbot(first.home, "backup", "--to", str(backup))
        assert made.returncode == 0, made.stderr
        queue(first, AFTER)
        until(lambda: is_out(first, AFTER) and is_out(first, WAITING), "what was written after the backup is out")
        first.stop()
        shutil.copytree(first.home / "sandbox", x)

    def restore(home: Path) -> None:
        done = xbot(home, "restore", str(backup))
        assert done.returncode == 0, done.stderr
        shutil.copytree(x, home / "sandbox", dirs_exist_ok=True)

    with running_stack(LOAD_SETTINGS, prepare=restore) as second:
        assert second.ask_database(HELD) == [{"holds": 1}]
        queue(second, NEW)
        until(lambda: is_out(second, NEW), "what is new is out, after X was compared with the queue")
        assert second.ask_database(HELD) == [{"holds": 0}]
        texts = (BEFORE, WAITING, AFTER, NEW)
        assert {text: on_x(second)[text] for text in texts} == dict.fromkeys(texts, 1)
