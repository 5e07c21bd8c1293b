"""A database that is killed while posts are claimed: what was given is noted, and nothing else is."""

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import psutil  # type: ignore[import-untyped]  # ships no types
import psycopg
from pydantic import SecretStr

from xbot_assets.domain.failures import TransientFailure, UnknownOutcome
from xbot_assets.domain.pace.pacing import PaceRules
from xbot_assets.settings import Settings
from xbot_assets.store.engine.database import Database, open_database
from xbot_assets.store.engine.migrate import migrate
from xbot_assets.store.publishing import posts
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.queueing import NOON, queue
from xbot_assets.testing.servers import connected, running_postgres

CLAIMED = "select distinct post_id from xbot.post_events where to_status = 'claimed'"
QUICK = Settings(posts_per_hour_max=60, posts_per_day_max=200, rate_start_per_hour=60, rate_ceiling_per_hour=60)


def test_a_database_cut_in_the_middle_gives_no_post_that_it_did_not_note(tmp_path: Path) -> None:
    """SIGKILL of the server while posts are claimed: each one given is noted afterwards, and none but those.

    Whether the one that was under way is given after all, once the server is back, or fails, is up to the server.
    """
    settings = Settings(home=tmp_path / ".xbot", database_connect_seconds=1)
    rules = QUICK.pace_rules
    with running_postgres(settings.home) as postgres:
        settings = settings.model_copy(update={"database_url": SecretStr(postgres.url())})
        migrate(settings.model_copy(update={"database_connect_seconds": 60}))
        given: list[int] = []
        unknown_writes = 0
        with open_database(settings) as db:
            queue(connected(db), *(f"Post number {number}." for number in range(40)))
            for minute in range(40):
                if minute == 20:
                    kill_server(int((postgres.data / "postmaster.pid").read_text().split()[0]))
                try:
                    given += claimed_and_armed(db, rules, NOON + timedelta(minutes=minute))
                except (TransientFailure, UnknownOutcome) as failure:
                    assert failure.code in {"database_unreachable", "write_in_doubt"}  # noqa: PT017 - it may succeed
                    unknown_writes += failure.code == "write_in_doubt"
        noted = noted_after_restart(settings)
    assert len(given) >= 20
    assert set(given) <= set(noted)
    assert len(noted) <= len(given) + unknown_writes


def claimed_and_armed(db: Database, rules: PaceRules, now: datetime) -> list[int]:
    """Take the post in hand from whoever has it, then claim and arm one; return its id, if there was one."""
    posts.expire_leases(db, now, dead="w")
    held = take_post(db, replace(open_limits(), pace=rules), now)
    if held is None:
        return []
    with contextlib.suppress(TransientFailure, UnknownOutcome):  # the claim is what counts
        posts.arm_post(db, held, now)
    return [held.id]


def kill_server(pid: int) -> None:
    """Kill the server with all its processes: one that serves a busy connection outlives its parent for a while."""
    server = psutil.Process(pid)
    for process in [server, *server.children()]:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def noted_after_restart(settings: Settings) -> list[int]:
    """Return the posts that were claimed, as the restarted server knows it."""
    assert settings.database_url is not None
    url = settings.database_url.get_secret_value()
    return until(partial(_noted, url), "the server is back")


def _noted(url: str) -> list[int]:
    try:
        with psycopg.connect(url, connect_timeout=round(PATIENCE)) as connection:
            return [row[0] for row in connection.execute(CLAIMED).fetchall()]
    except psycopg.OperationalError:
        return []
