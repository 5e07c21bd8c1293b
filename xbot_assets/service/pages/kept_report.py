"""The learning report that Insights shows: kept, and made again beside the pages, which never wait for a new one."""

import logging
import threading
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from xbot_assets.settings import Settings
from xbot_assets.steps.own_account import Account
from xbot_assets.store.learning.models import ChampionEvent

if TYPE_CHECKING:
    from xbot_assets.steps.learning.report_values import LearningReport

KEPT_SECONDS = 300.0
"""So long, in real time, a report is current; a decision about models, which follows new outcomes, ends that."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Shown:
    """A report, which says when it was made, and whether a newer one is being made."""

    report: "LearningReport"
    is_renewed: bool


@dataclass(frozen=True, slots=True)
class _Kept:
    report: "LearningReport"
    settings: Settings
    newest: ChampionEvent | None
    until: float


class KeptReport:
    """The newest report. Safe to use from several threads.

    Only the first one, and the first under other settings, is waited for. Afterwards the last one is shown while
    ``beside`` makes the next.
    """

    def __init__(self, beside: Executor | None = None) -> None:
        self._beside = beside or ThreadPoolExecutor(1, thread_name_prefix="report")
        self._lock = threading.Lock()
        self._kept: _Kept | None = None
        self._is_renewed = False
        self.made = 0
        """How many were made: open pages ask for theirs again when it has changed."""

    def report(self, account: Account, newest: ChampionEvent | None) -> Shown:
        """Return it, given the newest decision about models. Raises as ``learning_report`` does."""
        with self._lock:
            kept = self._kept
            if kept is None or kept.settings != account.settings:
                kept = _made(account, newest)
                self._keep(kept)
            elif not self._is_renewed and (kept.newest != newest or monotonic() >= kept.until):
                self._is_renewed = True
                self._beside.submit(self._renew, account, newest)
            return Shown(kept.report, self._is_renewed)

    def close(self) -> None:
        """Make no further one; one under way ends by itself."""
        self._beside.shutdown(wait=False, cancel_futures=True)

    def _keep(self, kept: _Kept | None) -> None:
        self._kept = kept
        self.made += 1

    def _renew(self, account: Account, newest: ChampionEvent | None) -> None:
        """Make the next one. What prevents it is told by the next page, which then has to make it itself."""
        made: _Kept | None = None
        try:
            made = _made(account, newest)
        except Exception:  # noqa: BLE001 - whatever it was, the next page meets it, and says so
            _log.exception("The learning report could not be made.")
        with self._lock:
            self._keep(made)
            self._is_renewed = False


def _made(account: Account, newest: ChampionEvent | None) -> _Kept:
    from xbot_assets.steps.learning.report import learning_report  # noqa: PLC0415 - numpy, which no other page needs

    return _Kept(learning_report(account), account.settings, newest, monotonic() + KEPT_SECONDS)
