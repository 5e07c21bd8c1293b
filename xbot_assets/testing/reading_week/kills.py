"""Replies under kill -9: workers that plan and publish them die at random moments, judged on the site's own ledger.

The site is the crash test's, which soon takes a text again: X's refusal of a repeated one would hide a second click.
"""

from collections import Counter
from typing import Any

from xbot_assets.domain.lanes import Lane
from xbot_assets.steps.engagement.checking import tell_answered_twice, unwanted_replies
from xbot_assets.steps.engagement.inbound import harvest_inbound
from xbot_assets.steps.product import open_product
from xbot_assets.store.publishing.posts import queue_counts
from xbot_assets.testing.crash.stack import HANDLE, PROFILE, CrashStack, Parts, crash_stack
from xbot_assets.testing.reply_kills import ASKERS, MANY_REPLIES, finish, kill_workers, question
from xbot_assets.x.operations import Publish

KILLS_AN_ASKER = 2.5
"""So many kills meet the work on each question, so that there is always one to answer."""
FIRST_WORDS = "A word to begin with."
DEADLINE_SECONDS = 60.0


def reply_kills(kills: int, seed: int, tabs: str) -> dict[str, Any]:
    """Make the kills and return what came of them."""
    profile = PROFILE | {name: str(value) for name, value in MANY_REPLIES.items()}
    parts = Parts(profile, host="xbot_assets.browser.host.server", switches={"tabs": tabs})
    with crash_stack(parts) as stack, open_product(stack.settings, worker="the judge") as product:
        own = product.x.run(Publish(text=FIRST_WORDS), lane=Lane.CRITICAL, deadline_seconds=DEADLINE_SECONDS).post_id
        for number in range(max(ASKERS, round(kills / KILLS_AN_ASKER))):
            asked = {"handle": f"asker_{number}", "text": question(number), "in_reply_to": own}
            stack.ask_sandbox("posts", asked, method="POST")
        harvest_inbound(product)
        in_hand = kill_workers(stack.settings, product, kills, seed)
        finished = finish(product)
        answered = _answered(stack)
        return {
            "kills": kills,
            "with_a_reply_in_hand": in_hand,
            "answered": len(answered),
            "answered_twice": sum(times > 1 for times in answered.values()),
            "told_twice_by_the_product": tell_answered_twice(product),
            "unwanted": unwanted_replies(product),
            "states": queue_counts(product.database),
            "finished": finished,
        }


def _answered(stack: CrashStack) -> Counter[str]:
    ledger = stack.ask_sandbox("ledger")["posts"]
    return Counter(post["in_reply_to"] for post in ledger if post["handle"] == HANDLE and post["in_reply_to"])
