"""The label below an account's handle: ours say that they are automated, as X wants it."""

from typing import Any

from xbot_assets.sandbox.people.posts import Account
from xbot_assets.sandbox.state.faults import Faults

OPERATOR = "sandbox_owner"
"""Who is said to run our accounts."""
TEXT = f"Automated by @{OPERATOR}"


def highlighted_label(account: Account, faults: Faults) -> dict[str, Any]:
    """Return ``affiliates_highlighted_label``; it is empty for everybody without a label."""
    if account.origin != "session" or faults.flag("unlabelled"):
        return {}
    mention = {
        "from_index": TEXT.index("@"),
        "to_index": len(TEXT),
        "ref": {"type": "TimelineRichTextMention", "screen_name": OPERATOR},
    }
    return {
        "label": {
            "description": "Automated",
            "longDescription": {"text": TEXT, "entities": [mention]},
            "userLabelType": "AutomatedLabel",
        }
    }
