"""Parts that are not well: told on entering and on leaving, once each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from xbot_assets.domain.alerts.operations import PART_DEGRADED, PART_DOWN
from xbot_assets.service.health.components import Verdict
from xbot_assets.store.alerts import alert, resolve_every
from xbot_assets.store.engine.database import Statements


@dataclass(frozen=True, slots=True)
class _Fault:
    since: float
    verdict: Verdict


class PartsWatch:
    """Remembers which parts are not well. What the database could not keep is told when it answers again."""

    def __init__(self, untold: Iterable[str] = ()) -> None:
        self._untold = frozenset(untold)
        self._faults: dict[str, _Fault] = {}
        self._over: set[str] = set()

    def note(self, verdicts: Iterable[Verdict], real: float) -> None:
        """Take a look's verdicts; ``real`` are seconds of a clock that only goes forward."""
        for verdict in verdicts:
            if verdict.name in self._untold:
                continue
            if verdict.state == "failed":
                known = self._faults.get(verdict.name)
                self._faults[verdict.name] = _Fault(known.since if known else real, verdict)
                self._over.discard(verdict.name)
            elif verdict.name in self._faults:
                self._over.add(verdict.name)

    def tell(self, db: Statements, now: datetime, real: float, *, after: float) -> None:
        """Raise what has lasted ``after`` seconds, end what is over. Raises as the database does."""
        long = {name: fault for name, fault in self._faults.items() if real - fault.since >= after}
        for fault in long.values():
            _raise(db, fault.verdict, now)
        lasting = [_key(name) for name in long if name not in self._over]
        resolve_every(db, PART_DOWN, now, [PART_DOWN.key_of(part=key) for key in lasting])
        resolve_every(db, PART_DEGRADED, now, [PART_DEGRADED.key_of(part=key) for key in lasting])
        for name in self._over:
            del self._faults[name]
        self._over.clear()


def _raise(db: Statements, verdict: Verdict, now: datetime) -> None:
    part, name, why, remedy = _key(verdict.name), verdict.name, verdict.detail, verdict.remedy
    if verdict.required:
        alert(db, PART_DOWN, now=now, counted=False, part=part, name=name, reason=why, remedy=remedy)
    else:
        alert(db, PART_DEGRADED, now=now, counted=False, part=part, name=name, reason=why, remedy=remedy)


def _key(name: str) -> str:
    return name.lower().replace(" ", "_")
