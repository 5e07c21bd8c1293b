"""Writes ``docs/queue.md`` from the table of states, so that it cannot fall behind it.

``python -m xbot_assets.queue_document > docs/queue.md``; a test compares the two.
"""

import sys

from xbot_assets.domain.posts.lifecycle import FINAL, TRANSITIONS, Transition, mermaid
from xbot_assets.domain.posts.post import PostStatus

HEADER = """\
# The queue's states

Written by `python -m xbot_assets.queue_document` from `xbot_assets/domain/posts/lifecycle.py`; do not edit by hand.

Posts wait in PostgreSQL. Each change of state is one statement that is guarded by the state it leaves (and, where a
worker makes it, by the fencing token) and writes its own row of `post_events`. A test runs every statement on a post in
every state and compares what happens with this table, in both directions; another takes random paths and checks after
each step that at most one post is in hand, that tokens only grow, that neither spacing nor cap is broken, that a worker
who lost its post cannot change it, and at the end that every post can still be brought to a final state.

The fencing token of a post grows with every claim, and whenever a post is taken from its worker.
"""

MEANING = {
    PostStatus.QUEUED: "waits for its time",
    PostStatus.HELD: "waits for a person's decision",
    PostStatus.CLAIMED: "in a worker's hand, under a lease; nothing was sent",
    PostStatus.ARMED: "in a worker's hand; the intent to submit is stored, so it may be on X from here on",
    PostStatus.PUBLISHED: "on X, with X's own id",
    PostStatus.UNCONFIRMED: "may be on X; it is looked for, and never sent again on a guess",
    PostStatus.FAILED: "surely not on X, and trying again is useless",
    PostStatus.REJECTED: "a person, or a rule that time cannot satisfy, decided against it",
    PostStatus.SHADOWED: "everything but the click was done (shadow mode)",
    PostStatus.EMERGENCY_POOL: "approved and kept for the day when nothing can be written",
    PostStatus.RETIRED: "was in the pool too long; kept to be read",
}


def queue_document() -> str:
    """Return the whole file."""
    return "\n".join([HEADER, "## States\n", *_states(), "\n## Changes\n", *_changes(), "\n## Diagram\n", *_diagram()])


def _states() -> list[str]:
    rows = [f"| `{state}` | {MEANING[state]} | {'yes' if state in FINAL else ''} |" for state in PostStatus]
    return ["| state | meaning | final |", "| --- | --- | --- |", *rows]


def _changes() -> list[str]:
    return ["| from | to | by | why |", "| --- | --- | --- | --- |", *(_row(change) for change in TRANSITIONS)]


def _row(change: Transition) -> str:
    source = f"`{change.source}`" if change.source else "(new)"
    return f"| {source} | `{change.target}` | {change.by} | {change.why} |"


def _diagram() -> list[str]:
    return ["```mermaid", mermaid(), "```", ""]


if __name__ == "__main__":
    sys.stdout.write(queue_document())
