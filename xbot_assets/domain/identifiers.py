"""How X writes the name of an account and the id of a post: the one place that knows.

Only ASCII: letters and digits of other scripts are none to X, and a bounded class of all scripts' letters costs each
process that compiles it megabytes and tenths of a second.
"""

import re
from typing import Annotated

from pydantic import Field

HANDLE_MAX = 15
"""Characters of an account's name (https://help.x.com/en/managing-your-account/x-username-rules)."""
_HANDLE = rf"[A-Za-z0-9_]{{1,{HANDLE_MAX}}}"
_POST_ID = r"[0-9]{1,20}"

HANDLE = re.compile(_HANDLE)
"""An account's name, without the @."""
POST_ID = re.compile(_POST_ID)
"""A post's id: a number of 64 bits."""
_AT = "@\uff20"
_MENTION_BEGINS = rf"(?:(?<![A-Za-z0-9_!#$%&*{_AT}])|(?<=[Rr][Tt])(?<![A-Za-z0-9_+~.\-]..))"
_MENTION_ENDS = rf"(?![{_AT}]|[A-Za-z0-9_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u0300-\u036f\u1e00-\u1eff]|://)"
_MENTION = re.compile(f"{_MENTION_BEGINS}[{_AT}]({_HANDLE}){_MENTION_ENDS}")

Handle = Annotated[str, Field(pattern=f"^{_HANDLE}$")]
"""A field that holds an account's name, without the @."""
PostId = Annotated[str, Field(pattern=f"^{_POST_ID}$")]
"""A field that holds a post's id on X."""


def mentioned(text: str) -> list[str]:
    """Return the accounts that a text tags on X, in its order, without the @, as written.

    As X's own twitter-text 3.1.0 finds them: a full stop may follow a name, and letters of a script without spaces
    may stand on both sides of it; mail addresses and names on other servers are none. What that library would also
    take, a name longer than any is, is left out.
    """
    return _MENTION.findall(text)
