"""What the product asks of the language model and what it gets back."""

from typing import Protocol, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from xbot_assets.domain.gates.refusal import Refusal
from xbot_assets.domain.persona import Persona
from xbot_assets.domain.posts.post import fingerprint

DEFAULT_MAX_WEIGHTED_CHARS = 280
"""X's limit for accounts without a subscription; the setting post_max_weighted_chars overrides it."""


class PostRequest(BaseModel):
    """One post to write: the arm (topic and format), and a tone; without one the persona's first."""

    model_config = ConfigDict(frozen=True)

    topic: str = Field(min_length=1)
    format: str = Field(min_length=1)
    tone: str | None = None


class PostBrief(BaseModel):
    """Posts to write in one call.

    ``recent_posts`` are shown to the model as data, newest first; ``recent_fingerprints`` may hold many more:
    an answer with one of them is refused. ``seen_posts`` are by other people: data that nobody vouches for.
    ``model`` is the one that the budget's tier chose, else the client's own. ``seed`` is passed on to a model that
    takes one. ``answered`` are posts by other people, one for each that is asked for: then these are replies to them.
    ``insights`` are sentences about posts by other people: a model's, so that nobody vouches for them, either.
    ``effort`` is how hard it may think; ``None`` is the least that it knows.
    """

    model_config = ConfigDict(frozen=True)

    persona: Persona
    posts: tuple[PostRequest, ...] = Field(min_length=1, max_length=10)
    recent_posts: tuple[str, ...] = ()
    recent_fingerprints: frozenset[str] = frozenset()
    seen_posts: tuple[str, ...] = ()
    model: str | None = None
    max_weighted_chars: int = Field(DEFAULT_MAX_WEIGHTED_CHARS, ge=1)
    purpose: str = "plan"
    seed: int | None = None
    effort: str | None = None
    answered: tuple[str, ...] = ()
    insights: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _each_answers_one(self) -> Self:
        if self.answered and len(self.answered) != len(self.posts):
            raise ValueError("a brief of replies names one post to answer for each")
        return self

    @property
    def prompt(self) -> str:
        """The name of the prompt that asks for it."""
        return "replies" if self.answered else "posts"

    def known_fingerprints(self) -> frozenset[str]:
        """Return the fingerprints that an answer may not repeat."""
        return self.recent_fingerprints | {fingerprint(text) for text in self.recent_posts}


class Judge(Protocol):
    """Whatever decides whether a written text may be used, and remembers what it refused."""

    def refusal(self, text: str, ask: PostRequest) -> Refusal | None:
        """Return why the text may not be used, or None when it may."""
        ...


class WrittenPost(BaseModel):
    """A post that passed every check, with what was asked for.

    ``number`` is its place in the brief, from 0; ``llm_call_id`` the ledger's row of the call that wrote it.
    """

    model_config = ConfigDict(frozen=True)

    text: str
    topic: str
    format: str
    tone: str
    number: int
    llm_call_id: int


class WrittenPosts(BaseModel):
    """The answer to a brief, in its order.

    A post that no attempt wrote well is missing, and ``missing`` says why; at least one post is there. Tokens and
    ``cost_microusd`` add up all attempts.
    """

    model_config = ConfigDict(frozen=True)

    posts: tuple[WrittenPost, ...] = Field(min_length=1)
    missing: str = ""
    model: str
    seed: int | None
    prompt_version: str
    attempts: int
    prompt_tokens: int
    completion_tokens: int
    cost_microusd: int

    @property
    def llm_call_id(self) -> int:
        """The ledger's row of the call that wrote the first post."""
        return self.posts[0].llm_call_id
