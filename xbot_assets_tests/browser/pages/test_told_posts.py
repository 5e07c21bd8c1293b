"""What X's answers tell of posts: the author's own words, counts that a page lacks, marks, and quotes."""

from typing import Any

import pytest

from xbot_assets.browser.pages.profile import exact_profile
from xbot_assets.browser.pages.refusals import publish_refusal
from xbot_assets.browser.pages.told.accounts import HeardAccounts
from xbot_assets.browser.pages.told.graphql import post_of, user_by_screen_name
from xbot_assets.browser.pages.told.lists import HeardList, Tab
from xbot_assets.browser.pages.told.post_text import author_text
from xbot_assets.browser.pages.told.posts import ToldPosts
from xbot_assets.browser.pages.told.timelines import timeline as timeline_of
from xbot_assets.browser.pages.traffic import Answer
from xbot_assets.domain.posts.timeline_view import PostKind
from xbot_assets.x.answers import Counts, PostReading, QuotedPost

SHORT = "https://t.co/abcdefghij"
ADDRESS = "https://x.com/sample/status/123?a=1&b=2"


def told_post(number: str = "1", text: str = "Own words.", **legacy: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return a post as X's data have it."""
    counts = {"reply_count": 1, "retweet_count": 2, "favorite_count": 3, "bookmark_count": 4}
    body = {"full_text": text, "display_text_range": [0, len(text)], "lang": "ja", **counts, **legacy}
    author = {"result": {"rest_id": "9", "core": {"screen_name": "ann", "name": "Ann"}}}
    return {"rest_id": number, "core": {"user_results": author}, "legacy": body, "views": {"count": "5"}}


def heard(*posts: dict[str, Any], pinned: bool = False, promoted: bool = False) -> ToldPosts:
    """Return what an answer with these posts tells."""
    mark: dict[str, Any] = {"promotedMetadata": {}} if promoted else {}
    items = [
        {"entryId": "t", "content": {"itemContent": {"tweet_results": {"result": post}, **mark}}} for post in posts
    ]
    instruction: dict[str, Any] = {"type": "TimelineAddEntries", "entries": items}
    if pinned:
        instruction = {"type": "TimelinePinEntry", "entry": items[0]}
    told = ToldPosts()
    told.hear({"data": {"user": {"result": {"timeline": {"timeline": {"instructions": [instruction]}}}}}})
    return told


def reading(**seen: Any) -> PostReading:  # noqa: ANN401 - any field
    """Return what a page showed of post 1."""
    fields = {"post_id": "1", "handle": "ann", "permalink": None, "created_at": None, "text": "shown", "lang": "ja"}
    return PostReading(**{**fields, "counts": Counts(), "label": "", **seen})


def _link(text: str) -> dict[str, Any]:
    start = text.index(SHORT)
    return {"url": SHORT, "expanded_url": ADDRESS, "indices": [start, start + len(SHORT)]}


def test_a_text_has_its_links_as_they_were_written_and_no_escaped_signs() -> None:
    """Addresses are put where X counts them, in code points; signs of the author's own stay."""
    text = f"@bob 🦊 a &lt;b&gt; &amp;amp; {SHORT} end {SHORT}"
    shown = [5, text.index(" end") + 4]
    post = told_post(text=text, display_text_range=shown, entities={"urls": [_link(text)]})
    assert author_text(post) == f"🦊 a <b> &amp; {ADDRESS} end"


@pytest.mark.parametrize(
    "urls",
    [
        [{"url": SHORT, "expanded_url": ADDRESS, "indices": [0, 5]}],
        [{"url": SHORT, "expanded_url": ADDRESS, "indices": [3, 900]}],
        [{"url": SHORT, "indices": None}],
        "none",
        None,
    ],
)
def test_a_link_that_does_not_stand_where_x_says_is_left_as_it_is(urls: object) -> None:
    """The text is not cut in the wrong place."""
    assert author_text(told_post(text=f"See {SHORT}.", entities={"urls": urls})) == f"See {SHORT}."


def test_a_long_text_is_told_whole_and_a_beginning_is_not_taken_for_it() -> None:
    """A note has its own text; without it ``full_text`` may be cut, and a repost's always is."""
    whole = f"All of it: {SHORT}"
    note = {"note_tweet_results": {"result": {"text": whole, "entity_set": {"urls": [_link(whole)]}}}}
    post = told_post(text="All…")
    assert author_text(post | {"note_tweet": note}) == f"All of it: {ADDRESS}"
    assert author_text(post | {"note_tweet": {"is_expandable": True}}) is None
    assert author_text(told_post(text="RT @bob: All…", retweeted_status_result={"result": post})) is None
    assert author_text(told_post(text="words", display_text_range=["x"])) == "words"


def test_the_author_s_words_stand_where_the_page_shows_a_translation() -> None:
    """Marked by the page, or told by another language than the author's."""
    told = heard(told_post())
    marked = told.completed(reading(text=None, lang=None, translated=True))
    unmarked = told.completed(reading(text="eigene Worte", lang="de"))
    own = told.completed(reading(text="Own words.", truncated=True))
    assert [(post.text, post.lang, post.translated) for post in (marked, unmarked)] == [("Own words.", "ja", True)] * 2
    assert (own.text, own.translated, own.truncated) == ("Own words.", False, False)


def test_counts_that_the_page_lacks_are_told_and_those_that_it_has_stand() -> None:
    """Only what cannot be read is taken from the data; what these do not tell stays absent."""
    assert heard(told_post()).completed(reading(counts=Counts(likes=7))).counts == Counts(
        replies=1, reposts=2, likes=7, bookmarks=4, views=5
    )
    untold = told_post(reply_count=None, retweet_count="2", favorite_count=-1, bookmark_count=True) | {"views": {}}
    assert heard(untold).completed(reading()).counts == Counts(reposts=2)
    assert heard(told_post("2")).completed(reading()) == reading()


def test_pins_and_ads_are_told_by_their_entries() -> None:
    """A repost of a pinned post is not pinned itself."""
    assert heard(told_post(), pinned=True).completed(reading()).pinned
    assert not heard(told_post(), pinned=True).completed(reading(reposted_by="bob")).pinned
    assert heard(told_post(), promoted=True).completed(reading()).promoted
    assert not heard(told_post()).completed(reading()).promoted


def test_a_repost_keeps_what_its_original_quotes() -> None:
    """The page shows the original; its quote has its own words too, and is there when the page has not drawn it."""
    quoted = told_post("7", "What is quoted.", created_at="Wed Oct 10 20:19:24 +0000 2018")
    original = told_post() | {"quoted_status_result": {"result": quoted}}
    outer = told_post("2", "RT @ann: Own…", retweeted_status_result={"result": original})
    read = post_of(outer)
    assert read is not None
    assert read.original is not None
    assert (read.quoted, read.original.quoted) == (None, "7")
    told = heard(outer)
    shown = QuotedPost(handle="ann", created_at=None, text=None, translated=True)
    drawn = told.completed(reading(reposted_by="zed", quoted=(shown,)))
    assert [(box.handle, box.text, box.translated) for box in drawn.quoted] == [("ann", "What is quoted.", True)]
    undrawn = told.completed(reading(reposted_by="zed"))
    assert [(box.handle, box.text) for box in undrawn.quoted] == [("ann", "What is quoted.")]


@pytest.mark.parametrize(
    ("control", "earlier"),
    [
        ({"edit_tweet_ids": ["0", "1"]}, ("0",)),
        ({"initial_tweet_id": "0", "edit_control_initial": {"edit_tweet_ids": ["0", "7", "1"]}}, ("0", "7")),
        ({"edit_tweet_ids": ["1"]}, ()),
        ({"edit_tweet_ids": None}, ()),
        (None, ()),
    ],
)
def test_the_ids_that_a_post_had_before_it_was_edited_are_told(control: object, earlier: tuple[str, ...]) -> None:
    """In both of X's shapes."""
    assert heard(told_post() | {"edit_control": control}).completed(reading()).earlier_ids == earlier


def test_photos_are_told_too() -> None:
    """The page may not have drawn them."""
    media = {"media": [{"type": "photo"}, {"type": "photo"}, {"type": "video"}]}
    assert heard(told_post(extended_entities=media)).completed(reading()).photos == 2


def _places(node: object, place: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside: list[tuple[Any, Any]] = []
    if isinstance(node, dict | list):
        inside = list(node.items() if isinstance(node, dict) else enumerate(node))
    return [place, *(below for name, inner in inside for below in _places(inner, (*place, name)))]


def _whole_answer() -> dict[str, Any]:
    """Return an answer with every field that is read."""
    author = {"screen_name": "ann", "name": "Ann", "description": "bio", "pinned_tweet_ids_str": ["5"]}
    user = {"__typename": "User", "rest_id": "9", "core": author, "legacy": author, "profile_bio": author}
    link = {"url": SHORT, "expanded_url": ADDRESS, "indices": [0, 3]}
    legacy: dict[str, Any] = {
        "in_reply_to_status_id_str": "5",
        "conversation_id_str": "5",
        "extended_entities": {"media": [{}]},
    }
    legacy |= {"entities": {"urls": [link]}, "retweeted_status_result": {"result": told_post("3")}}
    post = told_post(**legacy) | {"edit_control": {"edit_tweet_ids": ["1", "2"]}}
    post |= {"quoted_status_result": {"result": told_post("7")}, "core": {"user_results": {"result": user}}}
    entry = {"entryId": "t", "content": {"itemContent": {"tweet_results": {"result": post}, "promotedMetadata": {}}}}
    instructions = [
        {"type": "TimelineAddEntries", "entries": [entry]},
        {"type": "TimelinePinEntry", "entry": entry},
        {"type": "TimelineTerminateTimeline", "direction": "Bottom"},
    ]
    timeline = {"timeline": {"instructions": instructions}}
    return {"data": {"user": {"result": {**user, "timeline": timeline}}}, "errors": [{"code": 63, "extensions": {}}]}


@pytest.mark.parametrize("odd", [None, 0, 10**30, 1.5, "", "x", [], [None], [[]], {}, {"a": 1}, True, "\ud800"])
def test_a_field_of_another_kind_is_not_told_and_costs_nothing_else(odd: object) -> None:
    """Each field of an answer in turn holds what X never sent there."""
    for place in _places(_whole_answer())[1:]:
        body: Any = _whole_answer()
        inside = body
        for step in place[:-1]:
            inside = inside[step]
        inside[place[-1]] = odd
        told, listed, accounts = ToldPosts(), HeardList(Tab.POSTS), HeardAccounts("owner")
        answer = Answer("UserTweets", {"screen_name": "ann"}, body)
        told.hear(body)
        assert told.completed(reading()).post_id == "1"
        listed.hear(answer)
        assert listed.kinds({"1"}) <= set(PostKind)
        accounts.hear(answer)
        accounts.failure("ann")
        timeline_of(body)
        user = user_by_screen_name(body)
        assert user is None or exact_profile(user, None).handle == user.handle
        assert publish_refusal(200, {}, body).reason


@pytest.mark.parametrize(
    "body",
    [None, [], "x", {"data": None}, {"data": {"home": {"home_timeline_urt": {"instructions": [3]}}}}],
)
def test_an_answer_of_another_form_teaches_nothing(body: object) -> None:
    """The page alone is read then."""
    told = ToldPosts()
    told.hear(body)
    assert told.completed(reading()) == reading()
