"""All six operations through the real host on the real sandbox site, in good order and under its faults."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, Response

from xbot_assets.browser.pages.reading import Snapshot, script
from xbot_assets.browser.pages.told.graphql import GraphPost
from xbot_assets.browser.pages.told.timelines import timeline
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import FailureKind, ProductError, TransientFailure
from xbot_assets.sandbox.state.faults import LOCALES
from xbot_assets.x.account_state import AccountState
from xbot_assets.x.answers import PostReading, Published, TimelineRead
from xbot_assets.x.operations import CheckSession, Operation, Publish, ReadOwnTimeline, ReadPosts, ReadProfile, Search
from xbot_assets_tests.browser.host_rig import HANDLE, OPERATION_SECONDS, HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

SHORT_SECONDS = 2.5
COMMON_WORD = "the"
"""A search that the seeded world answers with more posts than fit on a screen."""


def _publish(
    host: HostProcess, text: str, *, reply_to: str | None = None, seconds: float = OPERATION_SECONDS
) -> Published:
    return host.run(Publish(text=text, in_reply_to=reply_to), seconds)


def _read(host: HostProcess, post_id: str) -> PostReading:
    return host.run(ReadPosts(post_ids=(post_id,), handle=HANDLE)).posts[0]


# --- in good order ----------------------------------------------------------------------------------------
def test_the_session_is_the_configured_account(host: HostProcess, sandbox: Sandbox) -> None:
    """The host logs in through the control endpoint."""
    assert sandbox.url
    checked = host.run(CheckSession())
    assert (checked.state, checked.handle) == ("logged_in", HANDLE)


def test_a_published_post_is_in_the_ledger_on_its_page_and_on_the_timeline(host: HostProcess, sandbox: Sandbox) -> None:
    """Text with lines, a mention, a hashtag, emoji and markup arrives letter by letter."""
    text = "First line @ann #tea\n\nthird line 🦊 & <b>no markup</b> “quotes”"
    done = _publish(host, text)
    assert sandbox.posted(text) == [done.post_id]
    reading = _read(host, done.post_id or "")
    assert (reading.text, reading.permalink, reading.handle) == (text, done.permalink, HANDLE)
    assert reading.counts.views is None or reading.counts.views >= 0
    own = host.run(ReadOwnTimeline(limit=10))
    assert done.post_id in [post.post_id for post in own.posts]
    assert {post.handle for post in own.posts} == {HANDLE}


def test_a_reply_answers_the_post_it_was_asked_to(host: HostProcess, sandbox: Sandbox) -> None:
    """The ledger says what it replies to, and the first post counts it."""
    first = _publish(host, "a question for everyone")
    answer = _publish(host, "an answer to it", reply_to=first.post_id)
    replies = {post["id"]: post["in_reply_to"] for post in sandbox.control("GET", "ledger")["posts"]}
    assert replies[answer.post_id] == first.post_id
    assert (_read(host, first.post_id or "").counts.replies or 0) >= 1


def test_shadow_publishing_leaves_the_ledger_alone(host: HostProcess, sandbox: Sandbox) -> None:
    """Everything but the click."""
    done = host.run(Publish(text="only a shadow", submit=False))
    assert (done.post_id, done.typed_text) == (None, "only a shadow")
    assert sandbox.posted("only a shadow") == []


def test_a_post_that_never_was_is_gone(host: HostProcess, sandbox: Sandbox) -> None:
    """X's own answer is kept apart from not having looked."""
    assert sandbox.url
    done = host.run(ReadPosts(post_ids=("12345",), handle=HANDLE))
    assert [(miss.post_id, miss.why) for miss in done.missed] == [("12345", "gone")]


@pytest.mark.parametrize("shape", ["2024", "2025", "2026"])
def test_a_profile_is_exact_in_every_shape_of_xs_data(host: HostProcess, sandbox: Sandbox, shape: str) -> None:
    """X's own data are read, whichever shape they have: numbers, age and label."""
    sandbox.faults(user_shape=shape)
    profile = host.run(ReadProfile(handle=HANDLE))
    assert (profile.handle, profile.exact, profile.labelled_automated) == (HANDLE, True, True)
    assert profile.followers
    assert profile.created_at is not None
    assert profile.created_at < system_now() - timedelta(days=300)


def test_a_search_scrolls_through_a_list_that_forgets_what_is_far_away(host: HostProcess, sandbox: Sandbox) -> None:
    """More posts than a screen, none twice, ads marked, in page order: newest first."""
    assert sandbox.url
    results = host.run(Search(query=COMMON_WORD, limit=60), 40)
    ids = [post.post_id for post in results.posts]
    assert len(ids) == len(set(ids)) == 60
    ordinary = [post for post in results.posts if not post.promoted]
    assert len(ordinary) < 60
    times = [post.created_at for post in ordinary if post.created_at]
    assert len(times) == len(ordinary)
    assert times == sorted(times, reverse=True)


def test_a_search_without_results_is_complete_and_empty(host: HostProcess, sandbox: Sandbox) -> None:
    """No results is an answer, not a failure."""
    assert sandbox.url
    assert host.run(Search(query="zzqqxxnothing")) == TimelineRead(posts=(), complete=True)


@pytest.mark.parametrize("locale", LOCALES)
def test_the_page_and_xs_own_data_say_the_same_in_every_language(
    chromium: Browser, sandbox: Sandbox, locale: str
) -> None:
    """Counts read from labels equal the numbers in the GraphQL answer behind the same page."""
    sandbox.faults(locale=locale)
    shown, sent = _both(chromium, sandbox)
    common = [post for post in shown.readings() if post.post_id in sent]
    assert len(common) >= 5
    for post in common:
        data = sent[post.post_id or ""]
        expected = (
            data.replies,
            data.reposts,
            data.likes,
            data.bookmarks,
            data.views or None,
        )  # no word for zero views
        counts = post.counts
        assert (counts.replies, counts.reposts, counts.likes, counts.bookmarks, counts.views) == expected


def _both(chromium: Browser, sandbox: Sandbox) -> tuple[Snapshot, dict[str, GraphPost]]:
    session = sandbox.control("POST", "session", {"handle": HANDLE})
    context = chromium.new_context(storage_state=session, viewport={"width": 1280, "height": 1400})
    sent: dict[str, GraphPost] = {}

    def keep(response: Response) -> None:
        if "/SearchTimeline" in response.url:
            sent.update({item.post.post_id: item.post for item in timeline(response.json()) if item.post})

    try:
        page = context.new_page()
        page.on("response", keep)
        page.goto(f"{sandbox.url}/search?q={COMMON_WORD}&src=typed_query&f=live")
        page.wait_for_function(script(), arg={"what": "loaded", "want": "list"})
        return Snapshot.model_validate(page.evaluate(script(), {"what": "read", "scroll": 0})), sent
    finally:
        context.close()


# --- under faults -----------------------------------------------------------------------------------------
def _failure(host: HostProcess, text: str = "never seen", seconds: float = 20) -> tuple[FailureKind, str]:
    with pytest.raises(ProductError) as caught:
        _publish(host, text, seconds=seconds)
    return caught.value.kind, caught.value.code


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (64, (FailureKind.PERMANENT, "suspended")),
        (186, (FailureKind.PERMANENT, "too_long")),
        (187, (FailureKind.UNKNOWN, "duplicate")),
        (226, (FailureKind.PERMANENT, "looks_automated")),
        (326, (FailureKind.PERMANENT, "locked")),
        (344, (FailureKind.BUDGET, "daily_limit")),
        (385, (FailureKind.PERMANENT, "replies_restricted")),
    ],
)
def test_a_refused_post_is_a_typed_failure(
    host: HostProcess, sandbox: Sandbox, code: int, expected: tuple[FailureKind, str]
) -> None:
    """CreateTweet answers 200 with an error; nothing is in the ledger."""
    sandbox.faults(create_error=code)
    assert _failure(host) == expected
    assert sandbox.posted("never seen") == []


def test_a_connection_dropped_after_the_commit_is_an_unknown_outcome(host: HostProcess, sandbox: Sandbox) -> None:
    """The post is there exactly once, and the own timeline shows it to whoever looks."""
    sandbox.faults(drop_after_commit=True)
    text = "the line broke after this"
    assert _failure(host, text)[0] is FailureKind.UNKNOWN
    sandbox.faults()
    ids = sandbox.posted(text)
    assert len(ids) == 1
    own = host.run(ReadOwnTimeline(limit=10))
    assert [post.post_id for post in own.posts if post.text == text] == ids


def test_the_same_text_twice_is_a_duplicate_that_must_be_looked_for(host: HostProcess, sandbox: Sandbox) -> None:
    """X's answer proves that the text is there already."""
    _publish(host, "said once")
    assert _failure(host, "said once") == (FailureKind.UNKNOWN, "duplicate")
    assert len(sandbox.posted("said once")) == 1


def test_a_rate_limit_is_transient_and_says_how_long(host: HostProcess, sandbox: Sandbox) -> None:
    """Reading and publishing alike."""
    sandbox.faults(rate_limited=True)
    asked: tuple[Operation[Any], ...] = (Search(query=COMMON_WORD), Publish(text="not now"))
    for operation in asked:
        with pytest.raises(TransientFailure) as caught:
            host.run(operation)
        assert caught.value.code == "rate_limited"
        assert (caught.value.retry_after_seconds or 0) > 0
    assert sandbox.posted("not now") == []


@pytest.mark.parametrize("state", ["logged_out", "locked", "suspended"])
def test_the_accounts_state_is_told_by_every_operation(host: HostProcess, sandbox: Sandbox, state: str) -> None:
    """A check names the state; other operations fail with it, before any click; afterwards all is well again."""
    sandbox.faults(**{state: True})
    assert host.run(CheckSession()).state == state
    asked: tuple[Operation[Any], ...] = (
        Publish(text="never seen"),
        ReadOwnTimeline(),
        ReadPosts(post_ids=("1",), handle=HANDLE),
    )
    for operation in asked:
        with pytest.raises(ProductError) as caught:
            host.run(operation)
        assert (caught.value.kind, caught.value.code) == (FailureKind.PERMANENT, state)
        assert caught.value.remedy
    sandbox.faults()
    assert host.run(CheckSession()).state is AccountState.LOGGED_IN


@pytest.mark.parametrize("fault", ["down", "script_load_failure", "changed_markup"])
def test_a_site_that_cannot_be_used_is_never_mistaken_for_an_empty_one(
    host: HostProcess, sandbox: Sandbox, fault: str
) -> None:
    """A broken page is a failure of the operation, not a list without posts, and nothing is posted."""
    sandbox.faults(**{fault: True})
    with pytest.raises(ProductError) as caught:
        host.run(ReadOwnTimeline(), SHORT_SECONDS)
    assert caught.value.code in {"x_unavailable", "script_failure", "loading"}
    assert _failure(host, seconds=SHORT_SECONDS)[0] is not FailureKind.UNKNOWN
    assert sandbox.posted("never seen") == []
