"""The least that every post must pass, whoever else judges it."""

from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.posts.post import fingerprint
from xbot_assets.domain.posts.weighted_length import length_problem
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest


class BriefRules:
    """Judges by the brief alone: X's length, no repetition, nothing the persona never says."""

    def __init__(self, brief: PostBrief) -> None:
        self._brief = brief
        self._known = brief.known_fingerprints()

    def refusal(self, text: str, ask: PostRequest) -> Refusal | None:
        """Return the first rule that the text breaks."""
        del ask  # these rules are the same for every arm
        problem = length_problem(text, self._brief.max_weighted_chars)
        if problem is not None:
            return Refusal("length", problem)
        if fingerprint(text) in self._known:
            return Refusal("duplicate", "It repeats a post that was written before.")
        if any(phrase.casefold() in text.casefold() for phrase in self._brief.persona.never_say):
            return Refusal("never_say", "It says something the persona never says.")
        return None
