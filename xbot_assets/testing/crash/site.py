"""The real sandbox, except that it soon takes the same text again: ``python -m xbot_assets.testing.crash.site``.

X refuses the words of the last day with code 187, which would hide a worker's second click. A second is left of that
day: Chromium itself sends a request again, without a click, when a kept connection breaks before the answer, and on X
it is this refusal that meets it.
"""

from datetime import timedelta

from xbot_assets.sandbox.__main__ import main
from xbot_assets.sandbox.web.api import create

WINDOW = timedelta(minutes=4)
"""Of the sandbox's time, which is a real second in this test: a second click takes longer to come."""

if __name__ == "__main__":
    create.DUPLICATE_WINDOW = WINDOW
    main()
