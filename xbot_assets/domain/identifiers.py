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

Handle = Annotated[str, Field(pattern=f"^{_HANDLE}$")]
"""A field that holds an account's name, without the @."""
PostId = Annotated[str, Field(pattern=f"^{_POST_ID}$")]
"""A field that holds a post's id on X."""
