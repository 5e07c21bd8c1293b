"""The audiences there are, by name."""

from typing import Literal, get_args

from xbot_assets.sandbox.people.audience import Readers
from xbot_assets.sandbox.people.hard_audience import HardReaders

Audiences = Literal["kind", "hard"]
NAMES: tuple[Audiences, ...] = get_args(Audiences)


def readers_of(name: str, seed: int) -> Readers:
    """Return the readers of one world.

    Raises:
        ValueError: when there is no audience of this name.
    """
    if name not in NAMES:
        raise ValueError(f"There is no audience {name!r}: {' and '.join(NAMES)} are known.")
    return HardReaders(seed) if name == "hard" else Readers(seed)
