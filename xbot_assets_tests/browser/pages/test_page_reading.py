"""The traps of X's pages, one by one, on small pages in a real browser."""

from datetime import UTC, datetime

import pytest

from xbot_assets.browser.pages.profile import profile_of_page
from xbot_assets.browser.pages.states import LOAD_SECONDS, PageState, failure_of_state, late_failure, recognise
from xbot_assets.domain.failures import FailureKind, PermanentFailure
from xbot_assets_tests.browser.conftest import Read

NAV = '<a data-testid="AppTabBar_Profile_Link" href="/owner">Profile</a>'


def _column(inside: str, *, nav: str = NAV) -> str:
    return f'<title>X</title><body>{nav}<div data-testid="primaryColumn">{inside}</div></body>'


def _post(number: int, *, inside: str = "", tail: str = "", label: str = "1 like", attributes: str = "") -> str:
    return f"""<article role="article" data-testid="tweet" tabindex="0" {attributes}>
      <div data-testid="User-Name"><a href="/ann">Ann <img alt="🦊"></a><a href="/ann">@ann</a>
      <a href="/ann/status/{number}{tail}"><time datetime="2026-02-03T11:13:23.000Z">5h</time></a></div>
      {inside}<div role="group" aria-label="{label}"></div></article>"""


def _cell(inside: str) -> str:
    return f'<div data-testid="cellInnerDiv">{inside}</div>'


def test_an_edited_post_keeps_its_id(read: Read) -> None:
    """The time link of an edited post ends in /history."""
    post = read(_column(_post(123, tail="/history"))).readings()[0]
    assert (post.post_id, post.permalink, post.edited) == ("123", "/ann/status/123", True)


def test_a_photo_link_before_the_time_link_is_not_the_permalink(read: Read) -> None:
    """The first status link may be the post's own photo, or the quoted post's."""
    html = _post(123).replace(
        '<div data-testid="User-Name">', '<a href="/bob/status/9/photo/1"></a><div data-testid="User-Name">'
    )
    assert read(_column(html)).readings()[0].post_id == "123"


def test_emoji_and_line_breaks_are_part_of_the_text(read: Read) -> None:
    """Emoji are images; lines are newlines in the page."""
    text = '<div data-testid="tweetText" lang="en"><span>one\n\ntwo</span><img alt="🥹"></div>'
    post = read(_column(_post(1, inside=text))).readings()[0]
    assert (post.text, post.lang) == ("one\n\ntwo🥹", "en")


def test_an_ad_is_marked_and_keeps_the_id_of_its_analytics_link(read: Read) -> None:
    """A promoted post has no time and no permalink; its wrapper is outside the article."""
    ad = """<div data-testid="placementTracking"><article data-testid="tweet">
      <div data-testid="User-Name"><a href="/shop">@shop</a></div>
      <div role="group" aria-label="7 views"><a href="/shop/status/77/analytics" aria-label="7 views. View"></a></div>
      </article></div>"""
    ad += _post(1, inside='<div data-testid="placementTracking"><div data-testid="videoPlayer"></div></div>')
    first, second = read(_column(ad)).readings()
    assert (first.promoted, first.post_id, first.permalink, first.created_at) == (True, "77", None, None)
    assert (second.promoted, second.videos) == (False, 1)


def test_a_pinned_post_and_a_repost_are_told_apart(read: Read) -> None:
    """A pin is plain text; a repost's mark is inside a link to who reposted."""
    pinned = _post(1, inside='<div data-testid="socialContext">Pinned</div>')
    repost = _post(2, inside='<a href="/zed"><span data-testid="socialContext">Zed reposted</span></a>')
    first, second = read(_column(pinned + repost)).readings()
    assert (first.pinned, first.reposted_by) == (True, None)
    assert (second.pinned, second.reposted_by) == (False, "zed")


def test_an_unavailable_quote_is_neither_a_post_nor_a_quote(read: Read) -> None:
    """An article inside an article is a quoted post that cannot be shown."""
    inner = "<article><span>This post is unavailable.</span></article>"
    seen = read(_column(_post(1, inside=inner)))
    assert len(seen.posts) == 1
    assert seen.posts[0].quoted == ()
    assert seen.placeholders == ()


def test_what_follows_discover_more_is_not_read(read: Read) -> None:
    """Suggestions below a conversation do not belong to it; a post that says so is not a heading."""
    says_so = '<div data-testid="tweetText"><h2>Discover more</h2></div>'
    html = _cell(_post(1, inside=says_so)) + _cell(_post(2)) + _cell("<h2>Discover more</h2>") + _cell(_post(3))
    assert [post.post_id for post in read(_column(html)).posts] == ["1", "2"]


def test_a_page_whose_posts_have_no_author_says_that_x_has_changed(read: Read) -> None:
    """Posts that cannot be read must not look like an empty page."""
    post = '<article data-testid="tweet"><div data-testid="User-Name">nobody</div></article>'
    with pytest.raises(PermanentFailure) as caught:
        read(_column(post)).readings()
    assert caught.value.code == "page_changed"


def test_every_page_state_is_recognised(read: Read) -> None:
    """Each state by its own marks, on its own page."""
    hidden = '<div id="ScriptLoadFailure" style="display:{}">Something went wrong, do not fret</div>'
    boot = '<div id="placeholder" aria-label="Loading…"></div>'
    login = '<div role="dialog"><input name="text" autocomplete="username"></div>'
    pages = {
        PageState.READY: [(_column(_post(1)), "/home"), (_column(hidden.format("none")), "/home")],
        PageState.LOGGED_OUT: [(login, "/i/flow/login"), (_column("", nav='<a data-testid="login"></a>'), "/ann")],
        PageState.LOCKED: [("<h1>Your account has been locked</h1>", "/account/access")],
        PageState.SUSPENDED: [(_column("<div><span>Your account is suspended</span></div>"), "/home")],
        PageState.CHALLENGE: [("<title>Just a moment...</title>", "/home")],
        PageState.SCRIPT_FAILURE: [(boot + hidden.format("block"), "/home")],
        PageState.TIMELINE_FAILED: [(_column("Something went wrong. <button>Retry</button>"), "/ann")],
        PageState.GONE: [(_column('<div data-testid="error-detail">This page is not there</div>'), "/a/status/1")],
        PageState.LOADING: [(boot + hidden.format("none"), "/home")],
    }
    assert set(pages) == set(PageState)
    for expected, cases in pages.items():
        assert [recognise(read(html, path).state) for html, path in cases] == [expected] * len(cases)


def test_a_post_or_a_bio_about_suspension_suspends_nobody(read: Read) -> None:
    """Words that people wrote say nothing about the account."""
    words = "<span>Your account is suspended</span>"
    html = _column(
        _post(1, inside=f'<div data-testid="tweetText">{words}</div>') + f'<p data-testid="UserDescription">{words}</p>'
    )
    assert recognise(read(html).state) is PageState.READY


def test_a_state_that_needs_a_person_says_what_to_do() -> None:
    """Permanent states of the account carry a remedy; passing ones may be tried again."""
    for state in set(PageState) - {PageState.READY, PageState.GONE}:
        failure = failure_of_state(state, "/home")
        assert failure.code.value == state.value
        assert (failure.kind is FailureKind.PERMANENT) == bool(failure.remedy)


def test_a_page_that_is_done_but_not_as_expected_has_changed(read: Read) -> None:
    """Only a page that had all the time, and shows no sign of loading, is said to have changed."""
    done, busy = read(_column("new")).state, read(_column('<div role="progressbar">wait</div>'), "/busy").state
    assert late_failure(done, LOAD_SECONDS).code == "page_changed"
    assert late_failure(done, LOAD_SECONDS / 2).code == "loading"
    assert late_failure(busy, LOAD_SECONDS).code == "loading"


@pytest.mark.parametrize(
    ("label", "joined", "labelled", "made"),
    [
        ("Automated by @<a>boss</a>", "Joined December 2013", True, datetime(2013, 12, 31, 23, 59, 59, 999999, UTC)),
        ("Automated", "Joined February 2024", True, datetime(2024, 2, 29, 23, 59, 59, 999999, UTC)),
        ("", "", None, None),
        ("Not automated by @anyone", "Beigetreten Dezember 2013", None, None),
    ],
)
def test_a_profile_s_page_tells_the_label_below_the_handle_and_the_month_in_which_it_was_made(
    read: Read, *, label: str, joined: str, labelled: bool | None, made: datetime | None
) -> None:
    """The name may hold a handle too. A page without a label proves nothing, nor does one in another language."""
    html = _column(f"""<h2>Ann</h2><div>3 posts</div><div data-testid="UserName"><div><span>Ann, not @bob</span></div>
      <div><span>@Ann</span></div><div><span>{label}</span></div></div>
      <div data-testid="UserDescription">Automated by @boss</div><span data-testid="UserJoinDate">{joined}</span>
      <a href="/ann/following">1 Following</a><a href="/ann/verified_followers">2 Followers</a>""")
    shown = read(html, "/ann").profile
    assert shown is not None
    profile = profile_of_page("ann", shown, "en")
    assert (profile.name, profile.followers, profile.exact) == ("Ann, not @bob", 2, False)
    assert (profile.labelled_automated, profile.created_at) == (labelled, made)
