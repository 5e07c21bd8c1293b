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
    """

    name: str
    command: Sequence[str]
    ready: Callable[[], bool]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    signal_group: bool = False
