"""What stands beside an account: what the viewer did to it, and the label that ours and the bots carry."""

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


def perspectives(account: Account, viewer: Account | None, site: Site) -> dict[str, bool]:
    """Return ``relationship_perspectives``: whether the viewer follows, blocks or mutes the account."""
    me = viewer.id if viewer else ""
    return {
        "following": site.posts.follows(me, account.id),
        "blocking": site.relations.blocks(me, account.id),
        "muting": False,
    }
