"""The language model: one brief in, judged posts out, every call in the ledger and none past the budget."""

import time
from dataclasses import dataclass, field
from datetime import date
from typing import Self

from xbot_assets.domain.budget.calls import LlmCall
from xbot_assets.domain.clock import Clock
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.llm.briefs.brief import Judge, PostBrief, WrittenPosts
from xbot_assets.llm.briefs.insight import ANSWER_TOKENS, Conclusions, InsightBrief, conclusions_of
from xbot_assets.llm.briefs.progress import BriefProgress, is_of_the_answer
from xbot_assets.llm.briefs.prompts import insight_messages, load_prompt, relevance_messages
from xbot_assets.llm.briefs.relevance import RelevanceBrief, RelevanceScores, scores_of
from xbot_assets.llm.briefs.rules import BriefRules
from xbot_assets.llm.calls.budget import Budget
from xbot_assets.llm.calls.calling import ModelAccess, PaidCalls, not_served
from xbot_assets.llm.calls.capabilities import Capabilities, examine
from xbot_assets.llm.calls.one_call import Request
from xbot_assets.llm.calls.retrying import Attempts, CallFailed
from xbot_assets.llm.untrusted import new_marker

TOKENS_PER_POST_OVERHEAD = 40
"""JSON around one post."""


@dataclass(slots=True)
class _Work:
    """A brief in work with the calls made for it."""

    job: BriefProgress
    model: str
    calls: list[LlmCall] = field(default_factory=list)


class LanguageModel:
    """Writes posts with an OpenAI-compatible API. Close it, or use it as a context manager."""

    def __init__(self, access: ModelAccess, *, budget: Budget, clock: Clock) -> None:
        """Prepare the client; nothing is sent yet."""
        self._access = access
        self._calls = PaidCalls(access, budget, clock)
        self._prompts = {name: load_prompt(name) for name in ("posts", "replies", "relevance", "insight")}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._calls.close()

    def write_posts(self, brief: PostBrief, judge: Judge | None = None) -> WrittenPosts:
        """Have the posts of a brief written, and those that ``judge`` refuses written again with the reason.

        Without a judge only the brief's own rules hold. Good posts are kept when others of their batch are refused or
        a later call fails; the failure is raised only when there is none.

        Raises:
            BudgetFailure: ``daily_budget``, ``insufficient_quota``, or ``api_held`` after the latter.
            TransientFailure: the API could not be reached or used in all attempts, or is ``api_held``.
            PermanentFailure: key, model, brief or persona must be changed; or no attempt gave a usable post, with
                the code of what was wrong with the last one (``bad_answer``, ``gate_duplicate``...).
        """
        model = self._calls.model_in_use(brief.model or self._access.model)
        work = _Work(BriefProgress(brief, judge or BriefRules(brief), self._prompts[brief.prompt]), model)
        attempts = Attempts(self._access.attempts, self._access.total_seconds, time.monotonic)
        missing = ""
        try:
            attempts.run(lambda _number, left: self._round(work, left))
        except ProductError as failure:
            if not work.job.kept and is_of_the_answer(failure):
                raise _unusable(failure, attempts.made) from failure
            if not work.job.kept:
                raise
            missing = failure.reason
        return self._written(work, attempts.made, missing)

    def judge_relevance(self, brief: RelevanceBrief) -> RelevanceScores:
        """Have posts by others judged in one call, with retries for a server that does not answer.

        Raises:
            ProductError: as :meth:`write_posts`, and ``bad_answer`` when no entry is a number.
        """
        prompt = self._prompts["relevance"]
        system, user = relevance_messages(prompt, brief.persona, brief.texts)
        request = Request(
            model=self._calls.model_in_use(brief.model or self._access.model),
            messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
            posts=len(brief.texts),
            written_limit=len(brief.texts) * TOKENS_PER_POST_OVERHEAD,
            purpose=brief.purpose,
            prompt_version=prompt.version,
            seed=None,
            effort=brief.effort,
        )
        texts, cost = self._answered(request)
        return scores_of(texts, cost)

    def conclude(self, brief: InsightBrief) -> Conclusions:
        """Have something concluded from posts by others in one call, retried as :meth:`judge_relevance` is.

        Every sentence of the answer is returned, with the reason for those that may not be used.

        Raises:
            ProductError: as :meth:`write_posts`.
        """
        prompt, marker = self._prompts["insight"], new_marker()
        system, user = insight_messages(prompt, brief, marker)
        request = Request(
            model=self._calls.model_in_use(brief.model or self._access.model),
            messages=[{"role": "system", "content": system}, {"role": "user", "content": user}],
            posts=brief.sentences,
            written_limit=brief.sentences * ANSWER_TOKENS,
            purpose=brief.purpose,
            prompt_version=prompt.version,
            seed=None,
            effort=brief.effort,
        )
        texts, cost = self._answered(request)
        sentences = conclusions_of(texts, brief, marker=marker, told=system)
        return Conclusions(sentences=tuple(sentences), model=request.model, cost_microusd=cost)

    def ping(self) -> None:
        """Ask whether the API answers, takes the key and serves the model; costs nothing and is not booked.

        Raises:
            ProductError: the classified reason; ``model_not_found`` when the model is not among those served.
        """
        if self._access.model not in self.served_models():
            raise not_served(self._access.model)

    def served_models(self) -> dict[str, date | None]:
        """Return the models that the API serves to this key, with the end it announces; raises as :meth:`ping`."""
        return self._calls.served_models()

    def examine(self, model: str, effort: str | None) -> Capabilities:
        """Find out with one small call what a model's server can; it is paid for and booked like any other.

        Raises:
            ProductError: the call's reason.
        """
        return examine(self._calls, model, effort)

    def _answered(self, request: Request) -> tuple[tuple[str, ...], int]:
        """Make one call, again for a server that does not answer; return its texts and what all of it cost."""
        calls: list[LlmCall] = []
        attempts = Attempts(self._access.attempts, self._access.total_seconds, time.monotonic)
        answer = attempts.run(lambda _number, left: self._calls.make(request, left, calls))
        return answer.texts, sum(call.cost_microusd for call in calls)

    def _round(self, work: _Work, seconds_left: float) -> None:
        """Ask once for what is pending; ends without a failure when nothing is pending any more."""
        try:
            answer = self._calls.make(self._request(work), seconds_left, work.calls)
        except CallFailed as failed:
            work.job.note(failed.failure)
            raise
        try:
            work.job.take(answer.texts, answer.call_id)
        except ProductError as failure:
            if not is_of_the_answer(failure):
                raise  # the judge itself failed: asking the model again would pay again and not help
            work.job.note(failure)
            raise CallFailed(failure) from failure

    def _request(self, work: _Work) -> Request:
        brief, pending = work.job.brief, len(work.job.pending)
        return Request(
            model=work.model,
            messages=work.job.messages(),
            posts=pending,
            written_limit=pending * (brief.max_weighted_chars + TOKENS_PER_POST_OVERHEAD),
            purpose=brief.purpose,
            prompt_version=work.job.prompt.version,
            seed=brief.seed,
            effort=brief.effort,
        )

    def _written(self, work: _Work, attempts: int, missing: str) -> WrittenPosts:
        return WrittenPosts(
            posts=tuple(work.job.kept[number] for number in sorted(work.job.kept)),
            missing=missing,
            model=work.model,
            seed=work.job.brief.seed,
            prompt_version=work.job.prompt.version,
            attempts=attempts,
            prompt_tokens=sum(call.prompt_tokens for call in work.calls),
            completion_tokens=sum(call.completion_tokens for call in work.calls),
            cost_microusd=sum(call.cost_microusd for call in work.calls),
        )


def _unusable(failure: ProductError, attempts: int) -> PermanentFailure:
    """Build what the caller sees when every answer was refused: asking yet again would only cost more."""
    return PermanentFailure(
        f"The language model gave no usable answer in {attempts} attempt(s). {failure.reason}",
        code=failure.code,
        remedy="Look at the ledger of calls; if it stays so, choose another model with XBOT_PLAN_MODEL.",
    )
