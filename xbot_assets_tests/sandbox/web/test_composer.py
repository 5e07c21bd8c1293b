"""The composer: an editor with a mind of its own, and CreateTweet's successes and refusals."""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page

from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox, by, write

EDITOR = f"[role=dialog] {by('tweetTextarea_0')}"
BUTTON = f"[role=dialog] {by('tweetButton')}"

WEIGHTS = Path(__file__).parents[2] / "domain" / "posts" / "weighted_lengths.json"
NEW_FLAG = "\U0001f1e8\U0001f1f6"
"""Of an island that X's library of 2018 does not know."""


def _open(page: Page, sandbox: Sandbox) -> None:
    page.goto(f"{sandbox.url}/compose/post")
    page.wait_for_selector(EDITOR)


def _is_off(page: Page) -> bool:
    button = page.locator(BUTTON)
    return (button.get_attribute("aria-disabled"), button.get_attribute("tabindex")) == ("true", "-1")


@pytest.mark.parametrize(
    "trick",
    [
        "e.value = 'x'",
        "e.textContent = 'x'",
        "document.execCommand('insertText', false, 'x')",
        "e.dispatchEvent(new InputEvent('beforeinput', {data: 'x', inputType: 'insertText', bubbles: true}))",
        "e.dispatchEvent(new KeyboardEvent('keydown', {key: 'x', bubbles: true}))",
    ],
)
def test_the_editor_ignores_what_a_program_writes(page: Page, sandbox: Sandbox, trick: str) -> None:
    """Neither value, textContent, execCommand nor synthetic events reach the editor's state."""
    _open(page, sandbox)
    page.eval_on_selector(EDITOR, f"e => {{ e.focus(); {trick} }}")
    assert _is_off(page)


def test_the_editor_takes_typing_pasting_and_deleting(page: Page, sandbox: Sandbox) -> None:
    """Keys, inserted text with paragraphs, and deletions in the middle all arrive."""
    _open(page, sandbox)
    page.click(EDITOR)
    page.keyboard.type("one\nthree")
    page.keyboard.press("Home")
    page.keyboard.insert_text("two\n")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Home")
    page.keyboard.press("Delete")
    assert page.locator(EDITOR).inner_text() == "one\nwo\nthree"
    assert not _is_off(page)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.press("Backspace")
    assert _is_off(page)


@pytest.mark.parametrize(
    ("text", "off"),
    [("x" * 280, False), ("x" * 281, True), ("語" * 140, False), ("語" * 141, True), ("🌱" * 140, False)],
)
def test_the_button_follows_the_weighted_length(page: Page, sandbox: Sandbox, text: str, off: bool) -> None:  # noqa: FBT001
    """280 light or 140 heavy characters fit; an emoji counts two."""
    _open(page, sandbox)
    page.click(EDITOR)
    page.keyboard.insert_text(text)
    assert _is_off(page) is off


def test_the_page_counts_as_the_server_does_and_never_more_than_x(page: Page, sandbox: Sandbox) -> None:
    """The page's own reader of links and emoji, on texts with the counts of X's library."""
    _open(page, sandbox)
    table = json.loads(WEIGHTS.read_text("utf-8"))
    count = "async (texts) => { const {weight} = await import('/static/weight.js'); return texts.map(weight); }"
    counted = page.evaluate(count, [text for text, _ in table])
    rows = [(text, weight, ours) for (text, weight), ours in zip(table, counted, strict=True)]
    assert [row for row in rows if row[2] > row[1]] == []
    assert [row for row in rows if row[2] != row[1] and "\u200d" not in row[0] and NEW_FLAG not in row[0]] == []


def test_the_page_counts_an_absurd_text_in_the_time_that_another_takes(page: Page, sandbox: Sandbox) -> None:
    """A page that hangs while it counts would be taken for one that does not answer."""
    _open(page, sandbox)
    texts = ["a." * 2_000 + " x.com", "語." * 2_000 + ".com", "a_a." * 1_000 + "com_"]
    count = "async (texts) => { const {weight} = await import('/static/weight.js'); return texts.map(weight); }"
    assert page.evaluate(count, texts) == [4_024, 6_004, 4_004]


def test_a_sent_post_is_toasted_with_a_link_and_the_dialog_closes(page: Page, sandbox: Sandbox, handle: str) -> None:
    """The response, the toast's link and the ledger agree on the id."""
    with page.expect_response(lambda r: "/CreateTweet" in r.url) as waiting:
        write(page, sandbox.url, "Compost & <b>leaf mould</b>\n\nin that order")
    result = waiting.value.json()["data"]["create_tweet"]["tweet_results"]["result"]
    assert page.locator(by("toast")).inner_text().startswith("Your post was sent.")
    link = page.locator(f"{by('toast')} a").get_attribute("href")
    assert link == f"/{handle}/status/{result['rest_id']}"
    assert "__typename" not in result
    page.wait_for_selector("[role=dialog]", state="detached")
    assert sandbox.texts(handle) == ["Compost & <b>leaf mould</b>\n\nin that order"]
    page.goto(sandbox.url + link)
    shown = page.locator(f"{by('tweet')}[tabindex='-1'] {by('tweetText')}").inner_text()
    assert shown == "Compost & <b>leaf mould</b>\n\nin that order"
    group = page.locator(f"{by('tweet')}[tabindex='-1'] [role=group]").get_attribute("aria-label")
    assert "view" not in (group or "")


def test_an_inline_reply_lands_below_the_post_it_answers(page: Page, sandbox: Sandbox, account: Account) -> None:
    """The status page's own composer sends a reply and clears itself."""
    post_id = account.post("A post to answer")
    page.goto(f"{sandbox.url}/{account.handle}/status/{post_id}")
    inline = f"{by('inline_reply_offscreen')} {by('tweetTextarea_0')}"
    page.click(inline)
    page.keyboard.type("The answer")
    page.click(by("tweetButtonInline"))
    page.wait_for_selector(by("toast"))
    assert page.locator(inline).inner_text().strip() == ""
    ledger = [p for p in sandbox.control("GET", "ledger")["posts"] if p["handle"] == account.handle]
    assert ledger[1]["in_reply_to"] == post_id
    assert account.counts(post_id)["reply_count"] == 1


def test_a_thread_is_sent_as_a_chain_of_replies(page: Page, sandbox: Sandbox, handle: str) -> None:
    """The add button opens a second editor; "Post all" sends both."""
    _open(page, sandbox)
    page.click(EDITOR)
    page.keyboard.type("First of two")
    page.click(by("addButton"))
    page.keyboard.type("Second of two")
    assert page.locator(BUTTON).inner_text() == "Post all"
    page.click(BUTTON)
    page.wait_for_selector(by("toast"))
    ledger = [p for p in sandbox.control("GET", "ledger")["posts"] if p["handle"] == handle]
    assert [p["text"] for p in ledger] == ["First of two", "Second of two"]
    assert ledger[1]["in_reply_to"] == ledger[0]["id"]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (64, "suspended"),
        (186, "character limit"),
        (187, "already said"),
        (226, "automated"),
        (326, "locked"),
        (344, "daily"),
    ],
)
def test_a_refusal_comes_with_status_200_and_a_toast(
    page: Page, sandbox: Sandbox, handle: str, code: int, words: str
) -> None:
    """CreateTweet's errors leave the dialog open and the ledger empty."""
    sandbox.faults(create_error=code)
    with page.expect_response(lambda r: "/CreateTweet" in r.url) as waiting:
        write(page, sandbox.url, f"Refused with {code}")
    assert waiting.value.status == 200
    assert waiting.value.json()["errors"][0]["code"] == code
    assert waiting.value.json()["data"] == {}
    assert words in page.locator(by("toast")).inner_text()
    assert page.locator(EDITOR).inner_text() == f"Refused with {code}"
    assert sandbox.texts(handle) == []


def test_saying_the_same_twice_is_refused_as_a_duplicate(account: Account) -> None:
    """Code 187 without any fault, white space ignored; a day later it is allowed again."""
    account.post("Said once")
    assert account.create(" Said  once ").json()["errors"][0]["code"] == 187
    account.sandbox.jump(hours=25)
    assert account.post("Said once")


def test_creating_needs_the_csrf_header_a_text_and_a_living_parent(account: Account, sandbox: Sandbox) -> None:
    """Without the header 403; an empty text, one too long and a missing parent are refused with their codes."""
    address = f"{sandbox.url}/i/api/graphql/q/CreateTweet"
    cookies = {"cookie": "; ".join(f"{k}={v}" for k, v in account.cookies.items())}
    assert sandbox.http.post(address, json={"variables": {"tweet_text": "x"}}, headers=cookies).status_code == 403
    assert account.create("  ").json()["errors"][0]["code"] == 170
    assert account.create("x" * 281).json()["errors"][0]["code"] == 186
    assert account.create("An answer", "99").json()["errors"][0]["code"] == 385
    assert sandbox.texts(account.handle) == []
