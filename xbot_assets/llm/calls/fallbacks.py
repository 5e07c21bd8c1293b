"""Asking a server again without what it does not take: nothing of that is billed, and what works is remembered."""

from dataclasses import replace

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.llm.calls.retrying import CallFailed
from xbot_assets.llm.servers.errors import ErrorAnswer
from xbot_assets.llm.servers.learned import Learned
from xbot_assets.llm.servers.simpler import refused_settings, simpler

FALLBACKS_MOST = 6
"""One for each thing that can be left out, and one for all of them together."""
SETTINGS = {
    "answer_format": "XBOT_LLM_ANSWER_FORMAT",
    "limit_name": "XBOT_LLM_LIMIT_NAME",
    "takes_seed": "XBOT_LLM_SEED",
    "effort": "XBOT_PLAN_EFFORT or XBOT_SAVING_EFFORT",
}
_OF_THE_REQUEST = frozenset(
    {FailureCode.BAD_REQUEST, FailureCode.PROMPT_TOO_LONG, FailureCode.NOT_FOUND, FailureCode.SERVER_ERROR}
)


class Fallbacks:
    """What to send to one model, from one refusal to the next.

    ``spelled`` are the models that are told the schema in words; it outlives a call, being of one client.
    """

    def __init__(self, learned: Learned, model: str, effort: str | None, spelled: set[str]) -> None:
        self._model, self._spelled = model, spelled
        self._owner = learned.chosen_with(effort)
        known = learned.of(model).with_set(self._owner)
        self.dialect = replace(known, spells_schema=known.spells_schema or model in spelled)
        self._sent = {self.dialect}

    def after(self, failed: CallFailed) -> None:
        """Choose what to send next.

        Raises:
            CallFailed: nothing else would help, or only another attempt would; the remedy names what the owner set.
        """
        failure, told = failed.failure, failed.told
        if failure.code is FailureCode.BAD_ANSWER and not self.dialect.spells_schema:
            # Perhaps this server only pretends to know schemas: the next attempt says it in words.
            self._spelled.add(self._model)
        if told is None or failure.code not in _OF_THE_REQUEST:
            raise failed
        dialect = simpler(self.dialect, told, self._owner)
        if dialect is None or dialect in self._sent or len(self._sent) > FALLBACKS_MOST:
            raise self._explained(failed, told)
        self.dialect = dialect
        self._sent.add(dialect)

    def _explained(self, failed: CallFailed, told: ErrorAnswer) -> CallFailed:
        names = [SETTINGS[name] for name in refused_settings(told, self._owner)]
        if failed.failure.code is not FailureCode.BAD_REQUEST or not names:
            return failed
        explained = CallFailed(_of_settings(failed.failure, names), told)
        explained.__cause__ = failed.__cause__
        return explained


def _of_settings(failure: ProductError, names: list[str]) -> PermanentFailure:
    return PermanentFailure(
        failure.reason,
        code=failure.code,
        remedy=f"The server does not take what you set: leave {', '.join(names)} empty, and it is found out.",
    )
