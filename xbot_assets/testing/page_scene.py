"""An account in the middle of its day, for looking at the pages: posts in every state, lanes, models and alerts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from xbot_assets.domain.alerts.publishing import FAILED_POST
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import TransientFailure, UnknownOutcome
from xbot_assets.domain.learning.bandit import prior
from xbot_assets.domain.posts.images import post_image
from xbot_assets.domain.posts.post import ClaimedPost, NewPost
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings
from xbot_assets.store.alerts import alert
from xbot_assets.store.engagement import opportunities
from xbot_assets.store.engine.database import Database
from xbot_assets.store.learning import models
from xbot_assets.store.metrics.readings import insert_readings
from xbot_assets.store.operations import browser_operations
from xbot_assets.store.publishing import drafts, policy, posts, recovery
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.rows import SeenPost
from xbot_assets.store.publishing.threads import enqueue_thread
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets.testing.pictures import picture

KINDS: tuple[models.ModelKind, ...] = ("bandit", "predictor")
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PUBLISHED = (
    "A knife is most dangerous when it is blunt, because you push.",
    "Salt the water, not the pasta: it takes up what it swims in.",
    "Cast iron forgives everything but the dishwasher.",
    "Cut the bread only when it is cold; a hot loaf is still cooking inside.",
)
HELD = (
    "Rest the steak for as long as it was in the pan. The juice needs the time more than you do.",
    "An onion is sweet when it had forty minutes, and only brown when it had four.",
    "Your freezer is a pause button. Label it, or it becomes an archive.",
)
QUEUED = (
    "Lemon at the end, never at the start: heat takes the brightness and leaves the sour.",
    "Taste before you salt, and again after. The second time is the one that counts.",
    "The smell of garlic tells you when. Its colour tells you that you were late.",
    "Cold butter for pastry, soft butter for cake; the fridge decides what you bake.",
)
DRAFTED = ("Three things about stock that nobody told me:\n\n1. ",)
THREAD = (
    "How to sharpen a knife in five minutes, without anything you do not have in the house.",
    "Turn a mug over. The rough ring at its foot is unglazed, and hard enough.",
    "Twenty strokes a side, at the angle of a matchbox under the back of the blade.",
)

ASKED = (
    "Why does my bread always have a dense crumb, whatever flour I buy?",
    "Unpopular: a cheap knife that is sharp beats an expensive one that is not.",
)
ANSWERS = (
    "Mostly it is time, not flour: let it rise until it is twice as high, however long that takes.",
    "Agreed, and a mug's rough foot sharpens it well enough for a week.",
)


@dataclass(frozen=True, slots=True)
class Words:
    """What stands everywhere where words come from outside."""

    published: Sequence[str] = PUBLISHED
    held: Sequence[str] = HELD
    queued: Sequence[str] = QUEUED
    drafted: Sequence[str] = DRAFTED
    thread: Sequence[str] = THREAD
    asked: Sequence[str] = ASKED
    answers: Sequence[str] = ANSWERS
    topic: str = "kitchen"
    form: str = "tip"
    reason: str = "The page did not answer within 30 s."
    alt: str = "A knife on a wooden board"


def play(database: Database, settings: Settings, now: datetime, words: Words | None = None) -> dict[str, list[int]]:
    """Put an account into the database as it is at ``now``; return the numbers of its posts by what became of them.

    The settings must ask for approval of everything, so that something is held.
    """
    said = words or Words()
    # Oldest first: no rule lets a post go before one that went.
    told = reversed(list(enumerate(said.published)))
    numbers = {"published": [_published(database, text, said, place, now) for place, text in told][::-1]}
    numbers["unconfirmed"] = [_unconfirmed(database, said, now)]
    _readings(database, numbers["published"], now)
    numbers["held"] = _queue(database, said.held, said, now + HOUR, now)
    numbers["held"] += enqueue_thread(
        database, [_new(text, said, now + 8 * HOUR) for text in said.thread], now, daily_cap=15
    )
    policy.hold_unapproved(database, settings, now)
    numbers["queued"] = _queue(database, said.queued, said, now + 2 * HOUR, now, source="manual")
    numbers["draft"] = [
        drafts.insert_draft(database, [text], now + 26 * HOUR, Decider("Anna", now)).id for text in said.drafted
    ]
    _browser(database, said, system_now())
    _models(database, settings, said, now)
    alert(database, FAILED_POST, now=now, post_id=4, reason=said.reason, remedy="Look at the post by hand.")
    _phantom(database, said, now)
    _suggestions(database, said, now)
    return numbers


def _new(text: str, words: Words, at: datetime, source: str = "llm") -> NewPost:
    return NewPost(text=text, topic=words.topic, format=words.form, source=source, scheduled_at=at)


def _queue(
    database: Database, texts: Sequence[str], words: Words, first: datetime, now: datetime, *, source: str = "llm"
) -> list[int]:
    given = [_new(text, words, first + 3 * HOUR * place, source) for place, text in enumerate(texts)]
    image = post_image("board.png", picture("PNG", 320, 180), words.alt)
    given[0] = given[0].model_copy(update={"images": (image,)})
    return posts.enqueue_posts(database, given, now)


def _published(database: Database, text: str, words: Words, place: int, now: datetime) -> int:
    at = now - timedelta(hours=3 * (place + 1))
    claim = _armed(database, text, words, at)
    posts.confirm_published(
        database, claim, x_post_id=str(9000 + place), permalink=f"/me/status/{9000 + place}", now=at
    )
    return claim.id


def _unconfirmed(database: Database, words: Words, now: datetime) -> int:
    claim = _armed(database, f"{words.published[0]} Again.", words, now - 2 * HOUR)
    failure = UnknownOutcome(words.reason, code=FailureCode.PAGE_TIMEOUT)
    posts.mark_unconfirmed(database, claim, failure, now - 2 * HOUR)
    return claim.id


def _armed(database: Database, text: str, words: Words, at: datetime) -> ClaimedPost:
    posts.enqueue_posts(database, [_new(text, words, at)], at)
    claim = take_post(database, open_limits(24, spacing=timedelta(0)), at, worker="w", lease=HOUR)
    assert claim is not None
    assert posts.arm_post(database, claim, at)
    return claim


def _readings(database: Database, ids: Sequence[int], now: datetime) -> None:
    """Give posts their counts, as a reading of them does."""
    rows = [
        {
            "post_id": post_id,
            "read_at": now - MINUTE,
            "next_read_at": now + HOUR,
            "unchanged_readings": 0,
            "label": None,
        }
        | {"views": 1200 * (place + 1), "likes": 40 * (place + 1), "replies": place, "reposts": 2, "bookmarks": 1}
        for place, post_id in enumerate(ids)
    ]
    insert_readings(database, rows)


def _browser(database: Database, words: Words, now: datetime) -> None:
    """Note a day of operations, in real time."""
    kinds = (("publish", "critical"), ("read_posts", "high"), ("read_profile", "high"), ("search", "low"))
    for number in range(48):
        kind, lane = kinds[number % len(kinds)]
        asked = now - 29 * MINUTE * (number + 1)
        began, took = asked + timedelta(seconds=1 + number % 7), timedelta(seconds=4 + 3 * (number % 5))
        operation = uuid4()
        browser_operations.begin_operation(database, operation, kind, lane, None, asked)
        failure = TransientFailure(words.reason, code=FailureCode.PAGE_TIMEOUT) if number == 3 else None  # noqa: PLR2004
        browser_operations.end_operation(
            database, operation, ended_at=began + took, started_at=began, slot=number % 3, failure=failure
        )
    browser_operations.begin_operation(database, uuid4(), "read_posts", "high", None, now - timedelta(seconds=9))
    waiting = {"critical": 0, "high": 0, "low": 1}
    rows = [{"lane": lane, "waiting": count, "oldest_seconds": 12.0 * count} for lane, count in waiting.items()]
    browser_operations.insert_queue_samples(database, rows, now)


def _models(database: Database, settings: Settings, words: Words, now: datetime) -> None:
    compared = {"verdict": "cannot_tell", "posts": 64, "gain": 0.012, "low": -0.004, "high": 0.028}
    evidence = {"comparison": compared, "left_out": {"from the pool or a template": 7}}
    persona = load_persona(settings.persona_path)
    posterior = prior(persona.topic_names, persona.format_names, strength=1).model_dump()
    for kind in KINDS:
        for outcomes in (12, 64):
            figures = {"mean_error": 0.081}
            parameters = posterior if kind == "bandit" else {}
            version = models.insert_model_version(database, kind, parameters, figures, outcomes, now - HOUR)
        models.promote(database, version, f"The first one that learned from posts. {words.topic}", now, verdict="first")
        models.promote(database, version, "It is better by 0.012 a post.", now, verdict="refreshed", evidence=evidence)


def _phantom(database: Database, words: Words, now: datetime) -> None:
    seen = SeenPost("4242", words.published[0], "/me/status/4242", now - 3 * HOUR, None)
    recovery.note_phantoms(database, [seen], now)


def _suggestions(database: Database, words: Words, now: datetime) -> None:
    """Let posts by others wait for an answer by hand, the first the newest."""
    for number, (asked, answer) in enumerate(zip(words.asked, words.answers, strict=True)):
        x_post_id, at = str(5100 + number), now - (number + 1) * HOUR
        row: dict[str, object] = {
            "x_post_id": x_post_id,
            "handle": f"cook_{number}",
            "source": "search",
            "state": "open",
            "reason": "",
        }
        row |= {"text": asked, "lang": "en", "in_reply_to": None, "conversation_id": x_post_id, "automated": False}
        opportunities.store_opportunities(
            database, [row | {"created_at": at, "expires_at": now + (number + 6) * HOUR}], at
        )
        why = "They did not turn to the account first."
        opportunities.suggest(database, x_post_id, draft=answer, why=why, call=None, now=at)
