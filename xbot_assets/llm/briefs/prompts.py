"""Renders the prompts in ``prompts/*.md``: a version line, then a section for each message."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from string import Template

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.briefs.brief import PostBrief, PostRequest
from xbot_assets.llm.briefs.insight import InsightBrief
from xbot_assets.llm.untrusted import SEEN_POSTS_SHOWN, as_data, new_marker

RECENT_POSTS_SHOWN = 20
"""How many recent posts the model sees; more cost tokens and change little."""
INSIGHTS_SHOWN = 10
"""Conclusions about other accounts that the model sees."""
_DIGEST_LENGTH = 8
_SECTION = re.compile(r"^## (\w+)$", re.MULTILINE)
_NO_PROHIBITION = "anything hateful or unlawful"


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt's sections by name. ``version`` is its header plus a digest, so an edited file has another."""

    version: str
    sections: dict[str, str]

    def render(self, section: str, **values: object) -> str:
        """Fill a section; a placeholder without a value is an error."""
        return Template(self.sections[section]).substitute(values)


def load_prompt(name: str) -> Prompt:
    """Read one shipped prompt file."""
    text = files("xbot_assets.llm").joinpath("prompts", f"{name}.md").read_text("utf-8")
    header, *parts = _SECTION.split(text)
    digest = hashlib.sha256(text.encode()).hexdigest()[:_DIGEST_LENGTH]
    sections = {parts[i]: parts[i + 1].strip() for i in range(0, len(parts), 2)}
    return Prompt(f"{header.strip().removeprefix('version:').strip()}+{digest}", sections)


def posts_messages(prompt: Prompt, brief: PostBrief, marker: str | None = None) -> tuple[str, str]:
    """Return the system and the user message for a brief.

    ``marker`` names the tags around text from X; who checks the answer for it passes the same one to both.

    Raises:
        PermanentFailure: code ``unknown_arm``; a topic or format is not in the persona.
    """
    persona, marker = brief.persona, marker or new_marker()
    ask = _ask_reply if brief.answered else _ask
    system = prompt.render(
        "system",
        name=persona.name,
        audience=persona.audience,
        never_say="; ".join(persona.never_say) or _NO_PROHIBITION,
        marker=marker,
    )
    user = prompt.render(
        "user",
        count=len(brief.posts),
        language=persona.language,
        limit=brief.max_weighted_chars,
        posts="\n".join(ask(i, post, persona) for i, post in enumerate(brief.posts, 1)),
        recent_posts=as_data(brief.recent_posts[:RECENT_POSTS_SHOWN], "recent_posts", marker),
        seen_posts=as_data(brief.seen_posts[:SEEN_POSTS_SHOWN], "seen_posts", marker),
        answered=as_data(brief.answered, "answered", marker),
        insights=as_data(brief.insights[:INSIGHTS_SHOWN], "insights", marker),
    )
    return system, user


def relevance_messages(prompt: Prompt, persona: Persona, texts: Sequence[str]) -> tuple[str, str]:
    """Return the system and the user message that have posts by others judged."""
    marker = new_marker()
    topics = (f"{topic.name} ({', '.join(topic.keywords)})" for topic in persona.topics)
    system = prompt.render("system", name=persona.name, audience=persona.audience, marker=marker)
    posts = as_data(texts, "seen_posts", marker)
    return system, prompt.render("user", topics="; ".join(topics), posts=posts, count=len(texts))


def insight_messages(prompt: Prompt, brief: InsightBrief, marker: str) -> tuple[str, str]:
    """Return the system and the user message that have something concluded; ``marker`` as in :func:`posts_messages`."""
    persona = brief.persona
    system = prompt.render(
        "system", name=persona.name, audience=persona.audience, language=persona.language, marker=marker
    )
    user = prompt.render(
        "user",
        topics="; ".join(persona.topic_names),
        question=prompt.sections[brief.kind],
        signals=as_data([signal.line for signal in brief.signals], "seen_posts", marker),
        count=brief.sentences,
    )
    return system, user


def tone_of(request: PostRequest, persona: Persona) -> str:
    """Return the tone asked for, else the persona's first."""
    return request.tone or persona.tones[0]


def _ask_reply(number: int, request: PostRequest, persona: Persona) -> str:
    return f"{number}. a reply to post {number}; tone: {tone_of(request, persona)}"


def _ask(number: int, request: PostRequest, persona: Persona) -> str:
    topic, post_format = persona.topic(request.topic), persona.format(request.format)
    if topic is None or post_format is None:
        raise PermanentFailure(
            f"The persona has no topic {request.topic!r} with format {request.format!r}.",
            code=FailureCode.UNKNOWN_ARM,
            remedy="Plan again: arms must come from the persona that is loaded now.",
        )
    return (
        f"{number}. topic: {topic.name} (near: {', '.join(topic.keywords)}); format: {post_format.name} "
        f"({post_format.description}); tone: {tone_of(request, persona)}"
    )
