"""What the owner writes: checked, kept as a draft, and queued. ``xbot post`` and the page both write here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.admission.refusal import Refusal
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.posts.due_times import refuse_time
from xbot_assets.domain.posts.images import PostImage, refuse_mixture
from xbot_assets.domain.posts.post import NewPost
from xbot_assets.domain.posts.presentable import presentable, presentation_problem, shows_nothing, storable
from xbot_assets.domain.posts.weighted_length import length_problem
from xbot_assets.steps.own_account import Account
from xbot_assets.store.engine.database import Statements
from xbot_assets.store.publishing import drafts
from xbot_assets.store.publishing.admission import why_not
from xbot_assets.store.publishing.approvals import Decider
from xbot_assets.store.publishing.drafts import Draft
from xbot_assets.store.publishing.posts import enqueue_posts
from xbot_assets.store.publishing.threads import enqueue_thread

MANUAL = "manual"
"""Topic and format of a post written by hand: no content arm, so nothing is learned about arms from it."""


@dataclass(frozen=True, slots=True)
class OwnPost:
    """What the owner wrote: several texts are a thread, the images are the first one's.

    Attributes:
        texts: as they were typed.
        images: of the first text.
        at: when it is due; ``None`` is now.
    """

    texts: Sequence[str]
    images: tuple[PostImage, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Queued:
    """The numbers of the posts, the first segment's first, and why they may not go at once, if they may not."""

    ids: list[int]
    waits: Refusal | None


def queue_own(account: Account, written: OwnPost) -> Queued:
    """Queue a post of the owner's own, or a thread.

    It counts as approved by who wrote it.

    Raises:
        PermanentFailure: ``empty_post``, ``not_presentable``, ``post_too_long``, ``gif_alone``, ``bad_thread``,
            ``bad_time``, ``duplicate_text``.
    """
    ids = _enqueue(account.database, account, written)
    return Queued(ids, why_not(account.database, account.admission, ids[0]))


def queue_draft(account: Account, draft_id: int, revision: int, written: OwnPost) -> Queued:
    """Queue what was a draft, all or nothing: the draft is gone with it.

    Raises:
        PermanentFailure: as :func:`queue_own`; ``text_changed``, ``no_such_post`` when the draft is not as it was read.
    """
    with account.database.transaction() as transaction:
        drafts.delete_draft(transaction, draft_id, revision)
        ids = _enqueue(transaction, account, written)
    return Queued(ids, why_not(account.database, account.admission, ids[0]))


def keep_draft(account: Account, written: OwnPost, by: Decider) -> Draft:
    """Keep a new draft as it was typed. Raises ``empty_post``, ``bad_thread``, ``bad_time``."""
    return drafts.insert_draft(account.database, _kept(written), _time(account, written.at), by)


def keep_draft_again(account: Account, draft_id: int, revision: int, written: OwnPost, by: Decider) -> Draft:
    """Keep a draft's new words. Raises as :func:`keep_draft`, and ``text_changed``, ``no_such_post``."""
    at = _time(account, written.at)
    return drafts.save_draft(account.database, draft_id, revision, _kept(written), at, by)


def plan_draft(account: Account, draft_id: int, at: datetime, by: Decider) -> Draft:
    """Give a draft another time. Raises ``bad_time``, ``no_such_post``."""
    refuse_time(at, by.now)
    return drafts.plan_draft(account.database, draft_id, at, by)


def _kept(written: OwnPost) -> list[str]:
    """Return the texts of a draft: half-written ones may be anything that can be stored."""
    texts = [storable(text.replace("\r\n", "\n")) for text in written.texts]
    return [text for text in texts if not shows_nothing(text)]


def _time(account: Account, at: datetime | None) -> datetime | None:
    if at is not None:
        refuse_time(at, account.clock.now())
    return at


def _enqueue(db: Statements, account: Account, written: OwnPost) -> list[int]:
    now, settings = account.clock.now(), account.settings
    if not written.texts:
        raise _empty()
    single = len(written.texts) == 1
    texts = [presentable(text, single=single) for text in written.texts]
    for text in texts:
        _check_text(text, settings.post_max_weighted_chars, single=single)
    refuse_mixture(written.images)
    at = _time(account, written.at) or now
    posts = [NewPost(text=text, topic=MANUAL, format=MANUAL, source=MANUAL, scheduled_at=at) for text in texts]
    posts[0] = posts[0].model_copy(update={"images": written.images})
    if single:
        return enqueue_posts(db, posts, now)
    return enqueue_thread(db, posts, now, daily_cap=settings.posts_per_day_max)


def _check_text(text: str, longest: int, *, single: bool) -> None:
    if shows_nothing(text):
        raise _empty()
    problem = presentation_problem(text, single=single)
    if problem is not None:
        raise PermanentFailure(
            f"The post cannot be shown as it is meant. {problem}",
            code=FailureCode.NOT_PRESENTABLE,
            remedy="Write it as readers shall see it. For a line break, press Enter inside the quotes, or write \\n.",
        )
    too_long = length_problem(text, longest)
    if too_long is not None:
        raise PermanentFailure(
            f"The post cannot be queued. {too_long}",
            code=FailureCode.POST_TOO_LONG,
            remedy="Shorten it, or raise XBOT_POST_MAX_WEIGHTED_CHARS if the account may write more.",
        )


def _empty() -> PermanentFailure:
    return PermanentFailure("A post needs words.", code=FailureCode.EMPTY_POST, remedy="Give the text in quotes.")
