"""What the supervisor needs to know about one program."""

import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Program:
    """One process of the stack.

    Attributes:
        name: its name in progress lines, and of its log file.
        command: program and arguments.
        ready: says whether it can be used; asked again and again while it starts, and must not raise.
        environment: added to the supervisor's own.
        stop_signal: the signal that asks it to stop in an orderly way.
        signal_group: send that signal to its whole process group, for a program whose workers must stop too.
        secrets: the secret settings that its environment holds; ``None`` for a program that reads no setting at all.
        pulse: says whether it does its work, asked for as long as it runs; ``None`` when that cannot be told, because
            another program is in the way. It must not raise. By default the same as ``ready``.
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    signal_group: bool = False
    secrets: frozenset[str] | None = frozenset()
    pulse: Callable[[], bool | None] | None = None

    def beats(self) -> bool | None:
        """Say whether it does its work now."""
        return (self.pulse or self.ready)()
