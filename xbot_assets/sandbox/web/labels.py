"""The label below an account's handle: ours, and the world's bots, say that they are automated, as X wants it."""

from typing import Any

from xbot_assets.sandbox.people.posts import Account
from xbot_assets.sandbox.site import Site

OPERATOR = "sandbox_owner"
"""Who is said to run our accounts."""
TEXT = f"Automated by @{OPERATOR}"


def highlighted_label(account: Account, site: Site) -> dict[str, Any]:
    """Return ``affiliates_highlighted_label``; it is empty for everybody without a label."""
    ours = account.origin == "session" and not site.faults.flag("unlabelled")
    if not ours and not site.relations.is_automated(account.id):
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
