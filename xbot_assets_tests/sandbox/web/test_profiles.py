"""A profile's lists as X keeps them and kept them, and accounts that are not shown."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox, by

STRANGER = "marta_bytes"


def entries(account: Account, operation: str, handle: str | None = None) -> list[dict[str, Any]]:
    """Return what a list holds, without cursors and people to follow."""
    answer = account.ask("UserByScreenName", screen_name=handle or account.handle).json()
    body = account.ask(operation, userId=answer["data"]["user"]["result"]["rest_id"]).json()
    listed = body["data"]["user"]["result"]["timeline"]["timeline"]["instructions"][-1]["entries"]
    return [entry for entry in listed if entry["entryId"].startswith(("tweet-", "profile-conversation-"))]


def names(entry: dict[str, Any]) -> list[str]:
    """Return the ids of the posts of an entry, top first."""
    items = entry["content"].get("items") or [{"item": entry["content"]}]
    return [item["item"]["itemContent"]["tweet_results"]["result"]["rest_id"] for item in items]


def test_split_lists_hold_originals_or_replies_and_joined_ones_both(account: Account) -> None:
    """An answer to an own original stands without it; below an own answer it stands with it."""
    first = account.post("The root.")
    second = account.post("Below it.", reply_to=first)
    third = account.post("And below that.", reply_to=second)
    lone = account.post("Alone.")
    assert [names(entry) for entry in entries(account, "UserOriginalsTimeline")] == [[lone], [first]]
    assert [names(entry) for entry in entries(account, "UserRepliesTimeline")] == [[second, third]]
    assert [names(entry) for entry in entries(account, "UserTweets")] == [[lone], [first]]
    joined = [names(entry) for entry in entries(account, "UserTweetsAndReplies")]
    assert joined == [[lone], [second, third], [first, second], [first]]
    for name in ("UserOriginalsTimeline", "UserRepliesTimeline"):
        assert entries(account, f"{name}Next") == entries(account, name)


def test_reposts_have_a_list_of_their_own(account: Account, sandbox: Sandbox) -> None:
    """They are in the joined list of posts, and in no list of originals."""
    people = {post["handle"] for post in sandbox.control("GET", "ledger")["posts"]}
    assert STRANGER not in people, "it wrote nothing here by hand"
    posts = {name for entry in entries(account, "UserTweets", STRANGER) for name in names(entry)}
    originals = {name for entry in entries(account, "UserOriginalsTimeline", STRANGER) for name in names(entry)}
    reposts = {name for entry in entries(account, "UserRepostsTimeline", STRANGER) for name in names(entry)}
    assert originals | reposts >= posts
    assert not originals & reposts


def test_an_answer_says_what_it_answers_when_that_is_gone(account: Account) -> None:
    """It does not become an original."""
    first = account.post("To be deleted.")
    answer = account.post("An answer to it.", reply_to=first)
    account.send("POST", "/i/api/graphql/any/DeleteTweet", json={"variables": {"tweet_id": first}})
    assert account.counts(answer)["in_reply_to_status_id_str"] == first
    assert [names(entry) for entry in entries(account, "UserRepliesTimeline")] == [[answer]]


def test_a_profile_s_page_has_the_tabs_of_its_layout(page: Page, sandbox: Sandbox, account: Account) -> None:
    """And each tab asks for its own list."""
    first = account.post("An original.")
    account.post("An answer.", reply_to=first)
    for tabs, lists, labels in (
        ("split", ("UserOriginalsTimeline", "UserRepliesTimeline"), ["Posts", "Replies", "Reposts", "Media"]),
        ("joined", ("UserTweets", "UserTweetsAndReplies"), ["Posts", "Replies", "Media"]),
    ):
        sandbox.faults(tabs=tabs)
        for path, operation in zip(("", "/with_replies"), lists, strict=True):
            with page.expect_response(lambda answer, name=operation: answer.url.split("?")[0].endswith(f"/{name}")):  # type: ignore[misc]
                page.goto(f"{sandbox.url}/{account.handle}{path}")
            page.wait_for_selector(by("tweet"))
        assert page.locator(f"{by('ScrollSnap-List')} [role=tab]").all_inner_texts() == labels
        shown = page.locator(by("tweet")).count()
        assert shown == (1 if tabs == "split" else 3), "an answer alone, or with what it answers, and that by itself"


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        ("missing", "doesn\u2019t exist"),
        ("suspended", "Account suspended"),
        ("protected", "These posts are protected"),
        ("blocked", "blocked you"),
    ],
)
def test_an_account_that_is_not_shown_says_why_and_has_no_list(
    page: Page, sandbox: Sandbox, account: Account, shown: str, words: str
) -> None:
    """On its page, and in the data; our own is shown, unless that is asked for."""
    owner = account.ask("UserByScreenName", screen_name=STRANGER).json()["data"]["user"]["result"]["rest_id"]
    sandbox.faults(account_shown=shown)
    page.goto(f"{sandbox.url}/{STRANGER}")
    expect(page.locator(by("empty_state_header_text"))).to_contain_text(words)
    body = account.ask("UserOriginalsTimeline", userId=owner).json()["data"]["user"]
    assert "instructions" not in body.get("result", {}).get("timeline", {}).get("timeline", {})
    assert account.ask("UserByScreenName", screen_name=account.handle).json()["data"]["user"]["result"]["rest_id"]
    if shown == "suspended":
        errors = account.ask("UserByScreenName", screen_name=STRANGER).json()["errors"]
        assert [error["code"] for error in errors] == [63]
