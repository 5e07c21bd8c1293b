"""Which changes of a post's state are allowed, by whom and why: the one table that statements and documents follow.

The statements in ``store/sql`` guard each change; a test runs every one of them on a post in every state and compares
what it does with this table, in both directions.
"""

from dataclasses import dataclass
from enum import StrEnum

from xbot_assets.domain.posts.post import PostStatus


class Mover(StrEnum):
    """Who makes a change."""

    PLANNER = "planner"
    """Content planning, the fallback when nothing can be written, and ``xbot post``."""
    WORKER = "worker"
    """The process that holds the post under its fencing token."""
    LEASE = "lease"
    """Whoever finds that the worker's lease ran out, or that the worker is dead."""
    RULE = "rule"
    """A rule of publishing, asked at the moment of publishing or before it."""
    RECONCILER = "reconciler"
    """A look at the account's own timeline on X."""
    PERSON = "person"
    """The owner, by ``xbot approve`` or the Inbox."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One allowed change; ``source`` is ``None`` for a post that begins to exist."""

    source: PostStatus | None
    target: PostStatus
    by: Mover
    why: str

    @property
    def pair(self) -> tuple[PostStatus | None, PostStatus]:
        """From where to where."""
        return self.source, self.target


_S, _M = PostStatus, Mover

TRANSITIONS = (
    Transition(None, _S.QUEUED, _M.PLANNER, "It was written and passed the gates."),
    Transition(None, _S.EMERGENCY_POOL, _M.PLANNER, "It passed the gates and is kept for an emergency."),
    Transition(None, _S.PUBLISHED, _M.PERSON, "A person posted a suggested reply on X by hand."),
    Transition(_S.EMERGENCY_POOL, _S.QUEUED, _M.PLANNER, "Nothing could be written."),
    Transition(_S.EMERGENCY_POOL, _S.RETIRED, _M.PLANNER, "It was kept too long, or a gate refuses it now."),
    Transition(_S.QUEUED, _S.CLAIMED, _M.WORKER, "It is due, and neither pace, cap, rule nor hold forbids it."),
    Transition(_S.QUEUED, _S.HELD, _M.RULE, "It needs approval, is too late, or its thread broke before it."),
    Transition(_S.QUEUED, _S.REJECTED, _M.RULE, "Neither time nor a person would change the rule's answer."),
    Transition(_S.QUEUED, _S.REJECTED, _M.PERSON, "It was called back."),
    Transition(_S.QUEUED, _S.QUEUED, _M.PERSON, "It was given another time."),
    Transition(_S.QUEUED, _S.UNCONFIRMED, _M.RECONCILER, "After a restored backup, X shows a post that reads like it."),
    Transition(_S.HELD, _S.UNCONFIRMED, _M.RECONCILER, "After a restored backup, X shows a post that reads like it."),
    Transition(_S.QUEUED, _S.HELD, _M.PERSON, "It was edited, and its new text waits for approval."),
    Transition(_S.HELD, _S.QUEUED, _M.PERSON, "It was approved."),
    Transition(_S.HELD, _S.HELD, _M.PERSON, "It was edited or given another time, and goes on waiting."),
    Transition(_S.HELD, _S.REJECTED, _M.PERSON, "It is not wanted."),
    Transition(_S.CLAIMED, _S.ARMED, _M.WORKER, "The intent to submit is stored, before the browser is asked."),
    Transition(_S.CLAIMED, _S.QUEUED, _M.LEASE, "The worker stopped before the intent was stored."),
    Transition(_S.CLAIMED, _S.FAILED, _M.WORKER, "It cannot be published, and trying again is useless."),
    Transition(_S.CLAIMED, _S.SHADOWED, _M.WORKER, "Shadow mode: everything but the click."),
    Transition(_S.ARMED, _S.PUBLISHED, _M.WORKER, "X answered with the post's id."),
    Transition(_S.ARMED, _S.UNCONFIRMED, _M.WORKER, "X may have it: there was no answer after the click."),
    Transition(_S.ARMED, _S.UNCONFIRMED, _M.LEASE, "The worker stopped after the intent was stored."),
    Transition(_S.ARMED, _S.QUEUED, _M.WORKER, "It is certain that nothing was submitted."),
    Transition(_S.ARMED, _S.FAILED, _M.WORKER, "X refused it."),
    Transition(_S.ARMED, _S.SHADOWED, _M.WORKER, "Shadow mode: everything but the click."),
    Transition(_S.UNCONFIRMED, _S.PUBLISHED, _M.RECONCILER, "It is on the timeline, or its worker's answer came late."),
    Transition(_S.UNCONFIRMED, _S.PUBLISHED, _M.PERSON, "A person found it on X."),
    Transition(_S.UNCONFIRMED, _S.QUEUED, _M.RECONCILER, "Once only: every look surely said that it is not there."),
    Transition(_S.UNCONFIRMED, _S.QUEUED, _M.PERSON, "A person says that it is not on X."),
    Transition(_S.UNCONFIRMED, _S.REJECTED, _M.PERSON, "A person drops it."),
    Transition(_S.PUBLISHED, _S.PUBLISHED, _M.RECONCILER, "An event only: X no longer shows it."),
)
"""Every allowed change. A change that is not here must not happen."""

ALLOWED = frozenset(change.pair for change in TRANSITIONS)
"""The same as pairs: from where (``None``: nowhere) to where."""

IN_HAND = frozenset({_S.CLAIMED, _S.ARMED})
"""The states in which a worker has the post; of all posts together at most one is in them."""

FINAL = frozenset(set(PostStatus) - {source for source, target in ALLOWED if source is not None and source != target})
"""The states that nothing leaves."""


def mermaid() -> str:
    """Return the table as a Mermaid state diagram, one arrow for each pair of states with who may take it."""
    arrows = [f"    {_arrow(pair)} : {_movers(pair)}" for pair in dict.fromkeys(change.pair for change in TRANSITIONS)]
    ends = [f"    {state} --> [*]" for state in PostStatus if state in FINAL]
    return "\n".join(["stateDiagram-v2", *arrows, *ends])


def _arrow(pair: tuple[PostStatus | None, PostStatus]) -> str:
    return f"{pair[0] or '[*]'} --> {pair[1]}"


def _movers(pair: tuple[PostStatus | None, PostStatus]) -> str:
    return ", ".join(dict.fromkeys(change.by for change in TRANSITIONS if change.pair == pair))
