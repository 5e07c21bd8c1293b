"""Alerts about what others write, and replies."""

from xbot_assets.domain.alerts.entry import AlertEntry

FEW_OPPORTUNITIES = AlertEntry(
    title="Few posts to answer",
    key="few_opportunities",
    severity="warning",
    sentence="Only {open_posts} posts by others could be answered; there should be {least} to {most}.",
    remedy="Look at the asset reply_opportunities: it says what each search brought, and what was filtered and why. "
    "Track more accounts with 'xbot replies track', or broaden the topics of the persona.",
    meaning="Searches and tracked accounts bring fewer fresh and fitting posts than XBOT_OPPORTUNITIES_ALERT. They are "
    "read more often meanwhile.",
    ends="A harvest leaves enough of them open.",
)
OPPORTUNITIES_DROPPED = AlertEntry(
    title="The posts to answer have become few at once",
    key="opportunities_dropped",
    severity="warning",
    sentence="Of {before} posts that could be answered {open_posts} are left, within {hours} hours.",
    remedy="Look at the asset reply_opportunities: what was filtered and why, and whether searches still bring posts.",
    meaning="More than XBOT_OPPORTUNITIES_DROP_SHARE of the open posts were lost within XBOT_OPPORTUNITIES_DROP_HOURS: "
    "a search that brings nothing any more, or a filter that refuses everything.",
    ends="A later harvest sees no such drop.",
)
ANSWERED_TWICE = AlertEntry(
    title="A post was answered twice",
    key="answered_twice:{x_post_id}",
    severity="critical",
    sentence="The post {x_post_id} on X has {replies} replies of ours.",
    remedy="Delete one of them on X, and report it with the log: this must not happen.",
    meaning="Two rows of the queue that are on X, or may be, answer the same post, although the database forbids it.",
    ends="A person acknowledges it.",
)

ENTRIES = (FEW_OPPORTUNITIES, OPPORTUNITIES_DROPPED, ANSWERED_TWICE)
