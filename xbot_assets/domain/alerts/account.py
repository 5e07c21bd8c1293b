"""Alerts about the account itself."""

from xbot_assets.domain.alerts.entry import AlertEntry

PUBLISHING_HOLD = AlertEntry(
    title="Publishing is on hold",
    key="account:{code}",
    severity="critical",
    sentence="Publishing is on hold: {reason}",
    remedy="{remedy} Then run 'xbot resume'.",
    meaning="X logged out, locked or suspended the account, asks for proof of a person, or finds it too automatic; or "
    "the sealed session is no good; or a backup was restored, and what went out after it was made is not known yet "
    "(docs/backup.md). Trouble of the account is not the fault of the post in hand: it waits in the queue, and "
    "nothing more is sent, because repeating such a request is what leads from a warning to a suspension. After 'looks "
    "automated' the rate of publishing also drops to its floor, and rises again by itself with every post that X "
    "takes. The hold is a row of its own (publishing_holds): acknowledging this alert does not lift it.",
    ends="The hold is lifted: by 'xbot resume', by a session check that disproves it, or, after a restored backup, "
    "when the own timeline was compared with the queue.",
)


def hold_sentence(reason: str) -> str:
    """Return why nothing is published, as the hold's alert says it; ``reason`` is the hold's own."""
    return PUBLISHING_HOLD.render(code="", reason=reason, remedy="").reason


ENTRIES = (PUBLISHING_HOLD,)
