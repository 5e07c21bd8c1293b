"""Alerts about posts: refused, unconfirmed, removed, from elsewhere, or waiting for a person."""

from xbot_assets.domain.alerts.entry import ACKNOWLEDGED, AlertEntry

FAILED_POST = AlertEntry(
    title="A post was refused",
    key="failed_post:{post_id}",
    severity="critical",
    sentence="Post {post_id} was refused: {reason}",
    remedy="{remedy} Read the reason; what should still go out, correct and queue as a new post. "
    "Then 'xbot alerts acknowledge failed_post:{post_id}'.",
    meaning="X, or a check just before the click, refused this very post, and trying again is useless: it is 'failed', "
    "surely not on X, and never sent again. 'xbot approve show' with its number shows all that happened to it. Where a "
    "thread breaks by it, the alert about the thread takes the place of this one.",
    ends=ACKNOWLEDGED,
)
UNCONFIRMED_POST = AlertEntry(
    title="A post may or may not be on X",
    key="unconfirmed_post:{post_id}",
    severity="critical",
    sentence="Post {post_id} may or may not be on X: {reason}",
    remedy="It is looked for by itself. If this stays open, look at the profile and say what you see: "
    "'xbot approve found {post_id} URL' or 'xbot approve absent {post_id}', or in the Inbox.",
    meaning="The click was made, or may have been, and no answer named the new post. It is never sent again on a "
    "guess: the own timeline is looked at every few minutes. What is there becomes 'published'. What is surely not "
    "there goes back to the queue, once, in the sandbox; on X a person decides.",
    ends="The post is found on X, goes back to the queue, or a person says what became of it.",
)
DOUBLED_POST = AlertEntry(
    title="A text is on X twice",
    key="doubled_post:{x_post_id}",
    severity="critical",
    sentence="The post {permalink} on X reads like post {post_id}, which is {status} and has another id or none.",
    remedy="If the text is on X twice, delete one of the two there; if the post here still waits, reject it. "
    "Then 'xbot approve acknowledge {x_post_id}'.",
    meaning="The comparison of the timeline with the queue found a post of this account that no row knows, with the "
    "words of one that it knows. Either it was posted by hand as well, or something posted twice.",
    ends="A person acknowledges the post on X: 'xbot approve acknowledge', or in the Inbox.",
)
REMOVED_POST = AlertEntry(
    title="X removed a post",
    key="removed_post:{post_id}",
    severity="critical",
    sentence="X accepted post {post_id} and no longer shows it ({permalink}).",
    remedy="Look at the account by hand: X removes what it takes for spam. The rate was told. If you deleted it "
    "yourself, or once you have looked: 'xbot approve acknowledge {x_post_id}'.",
    meaning="Two looks at the timeline, some time apart, surely covered the time of the post and did not show it. It "
    "counts as a failure for the rate of publishing, and its counts are not read any more.",
    ends="X shows the post again, or a person acknowledges the removal.",
)
UNKNOWN_POSTS = AlertEntry(
    title="Posts on the account are not from here",
    key="phantom_posts",
    severity="warning",
    sentence="{posts} post(s) on the account are not from here, the newest {permalink}.",
    remedy="If you wrote them yourself: 'xbot approve acknowledge all', or in the Inbox. "
    "If not, somebody else can post: change the password and end the other sessions.",
    meaning="The comparison of the timeline with the queue found posts that no row knows and that read like none.",
    ends="A person acknowledges the last of these posts.",
)
BROKEN_THREAD = AlertEntry(
    title="A thread broke",
    key="broken_thread:{thread_id}",
    severity="critical",
    sentence="The thread of post {thread_id} broke at segment {segment} of {segments}: {why}. "
    "{published} segment(s) are on X; the rest is held.",
    remedy="Reject the rest with 'xbot approve reject {waiting_id} --reason ...', then queue what is missing as a new "
    "thread, or delete on X what should not stand alone.",
    meaning="A segment will never be published, so there is nothing for the ones after it to go below. They are held "
    "and cannot be approved.",
    ends="The rest of the thread is rejected.",
)
POSTS_WAITING = AlertEntry(
    title="Posts wait for your decision",
    key="approval:waiting",
    severity="warning",
    sentence="{posts} post(s) wait for your decision.",
    remedy="Open the Inbox, or run 'xbot approve list'.",
    meaning="Posts are held: they need approval, were due too long ago, or belong to a broken thread. None of them "
    "goes out before a person decides.",
    ends="No post waits any more.",
)
STANDSTILL = AlertEntry(
    title="A rule lets nothing be published",
    key="policy:{rule}",
    severity="critical",
    sentence="Nothing is published: {reason}",
    remedy="{remedy}",
    meaning="A rule about the account, not about a single post, holds back all of them (docs/approval.md has the "
    "rules). Posts stay in the queue, and the rule is asked again each time.",
    ends="A post passes the rules.",
)
BREAKER_OPEN = AlertEntry(
    title="The breaker is open",
    key="breaker_open:{breaker}",
    severity="warning",
    sentence="The breaker '{breaker}' is open, nothing is tried: {reason}",
    remedy="Nothing needs doing unless it stays open: one probe at a time finds out when it works again.",
    meaning="Too many attempts in a row failed without an answer. Nothing is tried but one harmless probe after each "
    "pause. The breakers stop each for itself: 'publishing' stops posts, 'harvest' stops looking at what others write, "
    "and 'reading' and 'profile' stop reading the account's posts and its profile because X's page is not as it was "
    "(the reason names a page that was kept for 'xbot evidence'; a newer xbot-assets may know the page).",
    ends="Enough probes in a row succeed; or it stays open for too long, and another alert takes its place.",
)
BREAKER_STUCK = AlertEntry(
    title="The breaker stays open",
    key="breaker_stuck:{breaker}",
    severity="critical",
    sentence="The breaker '{breaker}' has been open since {since:%Y-%m-%d %H:%M} UTC: {reason}",
    remedy="It goes on trying by itself. Look at X and at the last failures: this does not pass alone.",
    meaning="The breaker has not been closed for longer than XBOT_BREAKER_STUCK_MINUTES, although it was probed all "
    "the time: X, the network or the browser is away.",
    ends="Enough probes in a row succeed.",
)

ENTRIES = (
    FAILED_POST,
    UNCONFIRMED_POST,
    DOUBLED_POST,
    REMOVED_POST,
    UNKNOWN_POSTS,
    BROKEN_THREAD,
    POSTS_WAITING,
    STANDSTILL,
    BREAKER_OPEN,
    BREAKER_STUCK,
)
