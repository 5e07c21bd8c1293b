"""The arguments of a command, before anything is made of them."""

import re
from collections.abc import Sequence

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure

_NO_UTF8 = re.compile("[\ud800-\udfff]")
"""What Python makes of bytes that are no text in the encoding of the command line."""
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
"""Control characters but tab and everything that ends a line."""


def check_arguments(arguments: Sequence[str]) -> None:
    """Refuse a command of which an argument is no text; nothing of it is carried out.

    Raises:
        PermanentFailure: code ``not_text``; the arguments are not repeated, for they could steer the terminal.
    """
    for number, argument in enumerate(arguments, start=1):
        if _NO_UTF8.search(argument):
            raise _refusal(
                number, "holds bytes that are not UTF-8 text", "Write it in UTF-8; a file may have to be renamed."
            )
        if bad := _CONTROL.search(argument):
            what = f"holds a control character (U+{ord(bad[0]):04X})"
            raise _refusal(number, what, "Write it without.")


def _refusal(number: int, what: str, remedy: str) -> PermanentFailure:
    return PermanentFailure(f"Argument {number} of the command {what}.", code=FailureCode.NOT_TEXT, remedy=remedy)
