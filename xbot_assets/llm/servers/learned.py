"""What is known of each model's server: what it was found to take, under what the owner set."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from xbot_assets.domain.budget.dialects import LEAST_EFFORT, Dialect

OFF = "off"
"""As an effort in the settings: the parameter is not sent."""
_NEVER_THINK = ("gpt-4o", "gpt-4.1", "gpt-4-", "gpt-3.5")
"""OpenAI's models from before reasoning, by the beginnings of their names."""


class DialectMemory(Protocol):
    """Keeps what was learned, for other processes too."""

    def recall(self, model: str) -> Dialect | None:
        """Return what was remembered of a model; ``None`` for one that was never asked."""
        ...

    def remember(self, model: str, dialect: Dialect) -> None:
        """Keep what was learned; the most tokens ever seen stay the most."""
        ...


@dataclass(slots=True)
class ShortMemory:
    """Remembers as long as this process."""

    known: dict[str, Dialect] = field(default_factory=dict)

    def recall(self, model: str) -> Dialect | None:
        """Return what was remembered."""
        return self.known.get(model)

    def remember(self, model: str, dialect: Dialect) -> None:
        """Keep it."""
        self.known[model] = dialect


@dataclass(frozen=True, slots=True)
class Learned:
    """What is sent to a model: what the owner set, else what was learned, else what OpenAI takes.

    ``owner`` holds the owner's choices by the names of :class:`Dialect`. ``names_tell`` says that a model's name tells
    whether it thinks: at OpenAI and in the sandbox, not behind another address.
    """

    memory: DialectMemory = field(default_factory=ShortMemory)
    owner: Mapping[str, Any] = field(default_factory=dict)
    names_tell: bool = True

    def of(self, model: str) -> Dialect:
        """Return what to try with a model."""
        first = Dialect(effort=LEAST_EFFORT if self.may_think(model) else None)
        return (self.memory.recall(model) or first).with_set(self.owner)

    def may_think(self, model: str) -> bool:
        """Say whether a model may think, as far as its name tells."""
        return not (self.names_tell and model.startswith(_NEVER_THINK))

    def chosen_with(self, effort: str | None) -> dict[str, Any]:
        """Return the owner's choices for a call whose effort was set, too."""
        return {**self.owner, **({} if effort is None else {"effort": None if effort == OFF else effort})}

    def keep(self, model: str, spoken: Dialect, effort: str | None, billed: int, limit: int) -> None:
        """Remember a dialect that was answered; an effort that was set for one call is not the model's."""
        known = self.memory.recall(model)
        learned = spoken.after(billed, limit)
        if learned.overran and not (known and known.overran):
            learned = replace(learned, limit_name=self._other_limit(spoken))
        if effort is not None:
            learned = replace(learned, effort=(known or self.of(model)).effort)
        if known is not None:
            learned = replace(
                learned,
                most_completion=max(learned.most_completion, known.most_completion),
                overran=learned.overran or known.overran,
            )
        if learned != known:
            self.memory.remember(model, learned)

    def _other_limit(self, spoken: Dialect) -> str:
        """Return the name to go on with after a limit was passed: a server may ignore what it does not know."""
        if "limit_name" in self.owner or spoken.limit_name == "max_tokens":
            return spoken.limit_name
        return "max_tokens"
