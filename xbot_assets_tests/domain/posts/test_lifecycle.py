"""The table of a post's states: every state is reached, every one has a way out, and the document says the same."""

import pytest

from xbot_assets.domain.posts.lifecycle import ALLOWED, FINAL, TRANSITIONS, Mover, mermaid
from xbot_assets.domain.posts.post import PostStatus
from xbot_assets.queue_document import MEANING, queue_document
from xbot_assets.settings import CHECKOUT


def final_states_from(state: PostStatus) -> frozenset[PostStatus]:
    """Return the final states that a post in this state can still come to; never empty if the table is sound."""
    seen, waiting = {state}, [state]
    while waiting:
        here = waiting.pop()
        further = {target for source, target in ALLOWED if source == here} - seen
        seen |= further
        waiting.extend(further)
    return FINAL & seen


def test_the_final_states_are_those_that_say_how_it_ended() -> None:
    """Nothing else may be without a way out."""
    assert {"published", "failed", "rejected", "shadowed", "retired"} == FINAL


@pytest.mark.parametrize("state", PostStatus)
def test_every_state_leads_to_a_final_one(state: PostStatus) -> None:
    """No state without a way out."""
    assert final_states_from(state)


def test_every_post_that_may_not_be_on_x_can_still_end_without_being_on_it() -> None:
    """Whatever waits or is unconfirmed can be dropped by a person, at the latest after it is back in the queue."""
    for state in (PostStatus.QUEUED, PostStatus.HELD, PostStatus.UNCONFIRMED, PostStatus.CLAIMED):
        assert PostStatus.REJECTED in final_states_from(state)


def test_every_state_can_be_come_to() -> None:
    """Each is the end of some change from another state, or a post begins in it."""
    assert {target for source, target in ALLOWED if source != target} == set(PostStatus)


def test_only_the_worker_can_click_and_nobody_sends_a_doubtful_post_without_going_through_the_queue() -> None:
    """To armed leads one way, from claimed; and from unconfirmed no way leads into a hand."""
    assert {source for source, target in ALLOWED if target == "armed"} == {"claimed"}
    assert {source for source, target in ALLOWED if target == "claimed"} == {"queued"}
    assert {target for source, target in ALLOWED if source == "unconfirmed"} == {"published", "queued", "rejected"}


def test_every_change_is_listed_once_for_each_who_makes_it_and_says_why() -> None:
    """Every kind of mover occurs."""
    listed = [(change.pair, change.by) for change in TRANSITIONS]
    assert len(listed) == len(set(listed))
    assert {change.by for change in TRANSITIONS} == set(Mover)
    assert all(change.why.endswith(".") for change in TRANSITIONS)


def test_the_diagram_draws_every_change() -> None:
    """One arrow a pair of states, and one to the end from each final state."""
    assert mermaid().count("-->") == len(ALLOWED) + len(FINAL)


def test_the_document_is_what_the_table_says() -> None:
    """`docs/queue.md` is written by `python -m xbot_assets.queue_document`."""
    assert set(MEANING) == set(PostStatus)
    assert (CHECKOUT / "docs" / "queue.md").read_text(encoding="utf-8") == queue_document()
