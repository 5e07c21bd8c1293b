"""People's decisions about posts: what a decision checks, and the words in which a time is told.

The command line and the Inbox both decide here.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from xbot_assets.domain.admission.rules import unalterable
from xbot_assets.domain.clock import Clock
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.gates.chain import first_refusal
from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.history import history_of
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.posts.presentable import presentable
from xbot_assets.settings import Settings
from xbot_assets.steps.own_account import Account
from xbot_assets.store.content import gates as gate_store
from xbot_assets.store.content.gates import Judgement
from xbot_assets.store.engine.database import Database, Transaction
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.admission import facts_of
from xbot_assets.store.publishing.approvals import Decider, TextCheck
from xbot_assets.store.publishing.rows import LockedPost

APPROVAL_PURPOSE = "approval"
LOCAL_FORMAT = "%Y-%m-%dT%H:%M"
"""A time of the owner's day, as a form's date and time field sends it."""


@dataclass(frozen=True, slots=True)
class ReviewContext:
    """Where a decision is made: the opened parts that its checks need."""

    account: Account

    @property
    def database(self) -> Database:
        """Where the account's posts are."""
        return self.account.database

    @property
    def clock(self) -> Clock:
        """The product's clock."""
        return self.account.clock

    @property
    def settings(self) -> Settings:
        """The owner's settings."""
        return self.account.settings

    def check(self) -> TextCheck:
        """Return the check of a text that is approved or edited: the rules nobody can lift, then every gate.

        Each judgement of the gates is stored as any other, whatever becomes of the decision.
        """

        def refusal(transaction: Transaction, row: LockedPost) -> Refusal | None:
            return self._against_policy(transaction, row) or self._by_gates(transaction, row)

        return refusal

    def edit(self, post_id: int, text: str, by: Decider, *, seen: str | None = None, queued: bool = False) -> str:
        """Give a held or queued post another text, made presentable as every text is; it waits for approval then.

        Args:
            post_id: the post.
            text: as a person typed it.
            by: who edits.
            seen: the digest of the text that the person read.
            queued: whether it was read as one that is queued.

        Returns:
            The text as it was stored.

        Raises:
            PermanentFailure: as :func:`xbot_assets.store.publishing.approvals.edit_post`.
        """
        single = approvals.post_to_decide(self.database, post_id).segment is None
        words = presentable(text, single=single)
        return approvals.edit_post(self.database, post_id, words, by, check=self.check(), seen=seen, queued=queued)

    def _against_policy(self, transaction: Transaction, row: LockedPost) -> Refusal | None:
        question = self.account.admission
        ((_, facts),) = facts_of(transaction, question, [row.id])
        refusal = unalterable(facts, question.limits)
        return Refusal(refusal.rule, refusal.sentence) if refusal else None

    def _by_gates(self, transaction: Transaction, row: LockedPost) -> Refusal | None:
        now, settings, persona = self.clock.now(), self.settings, self.account.persona
        since = now - timedelta(days=settings.gate_history_days)
        history = history_of(approvals.judged_against_others(transaction, row.id, since), persona.language)
        known = row.format if persona.format(row.format) else ""
        context = GateContext(persona, known, settings.gate_limits, history, single=row.segment is None)
        refusal = first_refusal(row.text, context)
        judgement = Judgement(
            judged_at=now,
            text=row.text,
            topic=row.topic,
            format=row.format,
            purpose=APPROVAL_PURPOSE,
            gate=refusal.gate if refusal else None,
            reason=refusal.reason if refusal else None,
        )
        gate_store.insert_judgements(self.database, [judgement])
        return refusal


def open_review(settings: Settings, database: Database, clock: Clock) -> ReviewContext:
    """Return the context of decisions over opened parts."""
    return ReviewContext(Account(settings, database, clock))


def owners_time(words: str, settings: Settings) -> datetime:
    """Read a time as the owner writes it: their own wall clock, unless it names an offset of its own.

    Raises:
        PermanentFailure: ``bad_time`` for what is no time, and for one that the clock skips in spring.
    """
    try:
        read = datetime.fromisoformat(words.strip())
        at = (read if read.tzinfo is not None else read.replace(tzinfo=settings.zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:  # in the years 1 and 9999 an offset leads out of all time
        raise _bad_time(f"'{words.strip()[:40]}' is no time.") from error
    if read.tzinfo is not None:
        return at
    if at.astimezone(settings.zone).replace(tzinfo=None) != read:
        raise _bad_time(f"The clock in {settings.timezone} never shows {read:%Y-%m-%d %H:%M}: it is put forward then.")
    return at


def told_time(at: datetime, settings: Settings) -> str:
    """Return a time by the owner's wall clock, with the zone's name of that day."""
    return f"{at.astimezone(settings.zone):%Y-%m-%d %H:%M %Z}"


def _bad_time(reason: str) -> PermanentFailure:
    return PermanentFailure(reason, code=FailureCode.BAD_TIME, remedy="Write it as 2026-05-31T18:30.")
