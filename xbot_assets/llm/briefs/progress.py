"""One brief in work: which posts are good, which are asked for next, and what the model is told of the last."""

from dataclasses import dataclass, field

from openai.types.chat import ChatCompletionMessageParam

from xbot_assets.domain.failure_codes import GATE_CODES, FailureCode, gate_code
from xbot_assets.domain.failures import ProductError, TransientFailure
from xbot_assets.domain.gates.injection import follows_data
from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.posts.post import fingerprint
from xbot_assets.domain.posts.presentable import presentable
from xbot_assets.llm.briefs.brief import Judge, PostBrief, PostRequest, WrittenPost
from xbot_assets.llm.briefs.prompts import Prompt, posts_messages, tone_of
from xbot_assets.llm.untrusted import new_marker

_EMPTY = Refusal("format", "It is empty: write the post.")
_TWICE = Refusal("duplicate", "It repeats another post of this batch.")


@dataclass(slots=True)
class BriefProgress:
    """The posts of a brief by their number in it, as far as they are written.

    ``marker`` and ``told`` are the last call's secret word and system prompt: neither may come back in a post.
    """

    brief: PostBrief
    judge: Judge
    prompt: Prompt
    kept: dict[int, WrittenPost] = field(default_factory=dict)
    correction: str = ""
    marker: str = ""
    told: str = ""

    @property
    def pending(self) -> list[int]:
        """Numbers of the posts that are still to be written."""
        return [number for number in range(len(self.brief.posts)) if number not in self.kept]

    def messages(self) -> list[ChatCompletionMessageParam]:
        """Return what is sent next: only the pending posts, the kept ones among those not to repeat."""
        pending = self.pending
        kept = tuple(post.text for post in self.kept.values())
        asked = self.brief.model_copy(
            update={
                "posts": tuple(self.brief.posts[number] for number in pending),
                "recent_posts": kept + self.brief.recent_posts,
                "answered": tuple(self.brief.answered[number] for number in pending) if self.brief.answered else (),
            }
        )
        self.marker = new_marker()
        self.told, user = posts_messages(self.prompt, asked, self.marker)
        messages: list[ChatCompletionMessageParam] = [
            {"role": "system", "content": self.told},
            {"role": "user", "content": user},
        ]
        if self.correction:
            told = self.prompt.render("correction", problem=self.correction, count=len(pending))
            messages.append({"role": "user", "content": told})
        return messages

    def take(self, texts: tuple[str, ...], call_id: int) -> None:
        """Judge the drafts of the pending posts and keep the good ones.

        Raises:
            TransientFailure: code ``gate_`` and the first refusing gate; what is still pending may be asked for again.
        """
        refused: list[Refusal] = []
        for number, text in zip(self.pending, map(presentable, texts), strict=True):
            refusal = self._refusal(text, self.brief.posts[number])
            if refusal is None:
                self.kept[number] = self._post(number, text, call_id)
            else:
                refused.append(refusal)
        if refused:
            # Numbered as the posts will be when only the refused ones are asked for again.
            told = " ".join(f"Post {place}: {refusal.reason}" for place, refusal in enumerate(refused, 1))
            raise TransientFailure(told, code=gate_code(refused[0].gate))

    def note(self, failure: ProductError) -> None:
        """Tell the model next time what was wrong with its answer, if it was the answer."""
        if is_of_the_answer(failure):
            self.correction = failure.reason

    def _refusal(self, text: str, ask: PostRequest) -> Refusal | None:
        if not text:
            return _EMPTY
        if fingerprint(text) in {fingerprint(post.text) for post in self.kept.values()}:
            return _TWICE
        return self._followed(text) or self.judge.refusal(text, ask)

    def _followed(self, text: str) -> Refusal | None:
        """Look for a draft that does what a post by somebody else told the model to do, or that leaks the prompt."""
        brief, language = self.brief, self.brief.persona.language
        seen = (*brief.seen_posts, *brief.answered, *brief.insights)
        return follows_data(text, seen, self.marker, told=self.told, language=language)

    def _post(self, number: int, text: str, call_id: int) -> WrittenPost:
        ask = self.brief.posts[number]
        return WrittenPost(
            text=text,
            topic=ask.topic,
            format=ask.format,
            tone=tone_of(ask, self.brief.persona),
            number=number,
            llm_call_id=call_id,
        )


def is_of_the_answer(failure: ProductError) -> bool:
    """Say whether the call went well and only what the model wrote cannot be used."""
    return failure.code is FailureCode.BAD_ANSWER or failure.code in GATE_CODES
