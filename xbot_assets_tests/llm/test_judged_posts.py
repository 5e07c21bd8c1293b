"""Posts that a judge refuses are written again with the reason; the good ones of their batch are kept."""

from dataclasses import dataclass, field

import pytest

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, TransientFailure
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.briefs.progress import BriefProgress
from xbot_assets.llm.briefs.prompts import load_prompt
from xbot_assets_tests.llm.llm_server import LlmServer
from xbot_assets_tests.llm.model_rig import ListBooks, WriterFor


@dataclass
class CountingJudge:
    """Refuses the posts of one topic so many times, and remembers what it was shown."""

    topic: str = "gardening"
    refusals: int = 1
    shown: list[tuple[str, str]] = field(default_factory=list)

    def refusal(self, text: str, ask: PostRequest) -> Refusal | None:
        """Refuse until the number is used up."""
        self.shown.append((ask.topic, text))
        if ask.topic != self.topic or self.refusals <= 0:
            return None
        self.refusals -= 1
        return Refusal("substance", "It is bland.")


def test_only_the_refused_post_is_asked_for_again(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer, ledger: ListBooks
) -> None:
    """Its batch-mate is kept with its own call; the order of the brief stays."""
    judge = CountingJudge()
    written = writer_for().write_posts(brief, judge)
    assert [topic for topic, _ in judge.shown] == ["gardening", "local history", "gardening"]
    assert [(p.number, p.topic, p.llm_call_id) for p in written.posts] == [(0, "gardening", 2), (1, "local history", 1)]
    assert written.posts[1].text == judge.shown[1][1]
    assert ledger.reserved[1].completion_tokens * 2 == ledger.reserved[0].completion_tokens
    assert written.cost_microusd == ledger.spent()
    assert len(server.usage.rows()) == 2
    assert written.missing == ""


def test_a_post_is_written_again_at_most_twice_and_the_good_one_is_kept(
    writer_for: WriterFor, brief: PostBrief, ledger: ListBooks
) -> None:
    """What was paid for and is good is not thrown away; why the other is missing is said."""
    written = writer_for().write_posts(brief, CountingJudge(refusals=99))
    assert [post.topic for post in written.posts] == ["local history"]
    assert "It is bland." in written.missing
    assert len(ledger.calls) == 3


def test_without_any_good_post_the_last_refusal_is_the_failure(writer_for: WriterFor, brief: PostBrief) -> None:
    """With the name of the gate."""
    alone = brief.model_copy(update={"posts": brief.posts[:1]})
    with pytest.raises(PermanentFailure, match="It is bland") as caught:
        writer_for().write_posts(alone, CountingJudge(refusals=99))
    assert caught.value.code == "gate_substance"


def test_a_good_post_outlives_a_later_failure_of_the_api(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer
) -> None:
    """The first call was paid for."""
    server.faults.script = [{}, {"llm_insufficient_quota": True}]
    written = writer_for().write_posts(brief, CountingJudge())
    assert [post.topic for post in written.posts] == ["local history"]
    assert "quota" in written.missing


def test_a_judge_that_fails_does_not_buy_the_call_again(
    writer_for: WriterFor, brief: PostBrief, server: LlmServer
) -> None:
    """Its failure is the caller's to handle."""

    class Broken:
        def refusal(self, text: str, ask: PostRequest) -> Refusal | None:
            raise TransientFailure(
                f"no database to judge {len(text)} {ask.topic}", code=FailureCode.DATABASE_UNREACHABLE
            )

    with pytest.raises(TransientFailure, match="no database"):
        writer_for().write_posts(brief, Broken())
    assert len(server.usage.rows()) == 1


def test_drafts_are_made_presentable_and_an_empty_one_spoils_no_other(brief: PostBrief) -> None:
    """No NUL reaches the judge, who writes to the database; the empty draft is asked for again."""
    judge = CountingJudge(refusals=0)
    progress = BriefProgress(brief, judge, load_prompt("posts"))
    with pytest.raises(TransientFailure, match="empty") as caught:
        progress.take(("\x00", "**Old maps** lie,\\nand streets\x00 remember."), 1)
    assert caught.value.code == "gate_format"
    assert [text for _, text in judge.shown] == ["Old maps lie,\nand streets remember."]
    assert [post.text for post in progress.kept.values()] == ["Old maps lie,\nand streets remember."]
    assert progress.pending == [0]
