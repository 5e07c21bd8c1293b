"""The DOM facts that parsers of X rely on, on the sandbox's pages in a real browser."""

import re
from typing import Any

from playwright.sync_api import Page, Response

from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox, by, let_draw

GATHER = """() => [...document.querySelectorAll('article[data-testid=tweet]')].map(article => {
  const time = [...article.querySelectorAll('a > time')].find(t => !t.closest('div[role=link]'));
  const group = article.querySelector('[role=group]');
  const quote = article.querySelector('div[role=link][tabindex="0"]');
  const links = [...article.querySelectorAll('a')].map(a => a.getAttribute('href'));
  return {
    promoted: Boolean(article.closest('[data-testid=placementTracking]')),
    time: time && time.getAttribute('datetime'), href: time && time.parentElement.getAttribute('href'),
    label: group.getAttribute('aria-label'), links, times: article.querySelectorAll('time').length,
    like: article.querySelector('[data-testid$=like]').getAttribute('aria-label'),
    likeText: article.querySelector('[data-testid$=like]').innerText.trim(),
    quoteLinks: quote ? quote.querySelectorAll('a').length : -1,
    quoteTimes: quote ? quote.querySelectorAll('time').length : 0,
    videos: article.querySelectorAll('[data-testid=placementTracking] [data-testid=videoPlayer]').length,
    text: article.querySelector('[data-testid=tweetText]')?.innerText ?? null,
    socialContext: article.querySelector('[data-testid=socialContext]')?.innerText ?? null,
    more: Boolean(article.querySelector('[data-testid=tweet-text-show-more-link]')),
    emoji: [...article.querySelectorAll('[data-testid=tweetText] img')].map(img => img.alt),
    tabindex: article.getAttribute('tabindex'),
  };
})"""
BARREN_STEPS = 8
"""The list has ended when this many steps in a row show nothing new."""
COUNTS = re.compile(
    r"(?:\d+ repl(?:y|ies))?(?:, )?(?:\d+ reposts?)?(?:, )?(?:\d+ likes?)?"
    r"(?:, )?(?:\d+ bookmarks?)?(?:, )?(?:\d+ views?)?"
)


def _scrolled(page: Page, url: str) -> dict[str, Any]:
    """Collect posts down to the end, as a reader of a virtualised list must; ads are keyed by their text."""
    page.goto(url)
    page.wait_for_selector(by("tweet"))
    seen: dict[str, Any] = {}
    barren = 0
    while barren < BARREN_STEPS:
        before = len(seen)
        for post in page.evaluate(GATHER):
            seen[f"{post['href'] or post['text']} {post['socialContext']}"] = post
        barren = 0 if len(seen) > before else barren + 1
        page.mouse.wheel(0, 1500)
        let_draw(page)
    return seen


def test_the_home_timeline_shows_every_kind_of_post_as_x_does(page: Page, sandbox: Sandbox) -> None:
    """Ads have no time; edited posts link to their history; quotes hold no links; labels hold exact counts."""
    posts = _scrolled(page, f"{sandbox.url}/home").values()
    ads = [post for post in posts if post["promoted"]]
    normal = [post for post in posts if not post["promoted"]]
    assert len(normal) > 100
    assert ads
    assert all(ad["times"] == 0 and any("/analytics" in link for link in ad["links"]) for ad in ads)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", post["time"]) for post in normal)
    assert any(post["href"].endswith("/history") for post in normal)
    assert any(post["quoteTimes"] == 1 and post["quoteLinks"] == 0 for post in normal)
    assert any(post["videos"] for post in normal)
    assert any(post["socialContext"] and post["socialContext"].endswith("reposted") for post in normal)
    assert any(post["more"] for post in normal)
    assert any(post["emoji"] for post in normal)
    assert any(post["text"] is None for post in normal)
    assert all(COUNTS.fullmatch(post["label"]) and not re.match(r"0 |.* 0 ", post["label"]) for post in normal)


def test_visible_counts_are_cut_and_labels_are_exact(page: Page, sandbox: Sandbox) -> None:
    """1679 shows as 1.6K and 10426 as 10K, while the button's label has every digit."""
    sandbox.jump(hours=30)
    seen = 0
    page.goto(f"{sandbox.url}/labnotesdaily")
    page.wait_for_selector(by("tweet"))
    for link in page.query_selector_all(f"{by('tweet')} a[href$='/analytics']"):
        label, shown = link.get_attribute("aria-label") or "", link.inner_text().strip()
        exact = re.match(r"(\d+) views?\. View post analytics", label)
        if exact is None:
            assert (label, shown) == ("View post analytics", "")
            continue
        count = int(exact.group(1))
        tenths = count // 100
        expected = f"{tenths / 10:.1f}K".replace(".0K", "K") if count < 10_000 else f"{count // 1000}K"
        assert shown == (str(count) if count < 1000 else expected)
        seen += count >= 1000
    assert seen > 0


def test_a_photo_link_stands_before_the_permalink(page: Page, sandbox: Sandbox) -> None:
    """On a focal photo post the first link to a status is its own photo."""
    page.goto(f"{sandbox.url}/search?q=filter%3Aimages&f=live")
    page.wait_for_selector(by("tweet"))
    photo = next(post for post in page.evaluate(GATHER) if any("/photo/1" in link for link in post["links"]))
    page.goto(sandbox.url + photo["href"].removesuffix("/history"))
    page.wait_for_selector(f"{by('tweet')}[tabindex='-1']")
    focal = next(post for post in page.evaluate(GATHER) if post["tabindex"] == "-1")
    statuses = [link for link in focal["links"] if "/status/" in link]
    assert "/photo/1" in statuses[0]


def test_cells_are_placed_absolutely_and_leave_the_document(page: Page, sandbox: Sandbox) -> None:
    """Far cells are gone after scrolling, and come back with the same post."""
    page.goto(f"{sandbox.url}/home")
    page.wait_for_selector(by("tweet"))
    style = page.locator(by("cellInnerDiv")).nth(1).get_attribute("style") or ""
    assert "position: absolute" in style
    assert "translateY(" in style
    first = page.evaluate(GATHER)[0]["href"]
    for _ in range(12):
        page.mouse.wheel(0, 1500)
        let_draw(page)
    assert page.locator(by("cellInnerDiv")).count() < 60
    assert first not in [post["href"] for post in page.evaluate(GATHER)]
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_selector(f"a[href='{first}'] > time")


def test_the_failure_notice_is_hidden_before_the_app_boots_and_gone_afterwards(page: Page, sandbox: Sandbox) -> None:
    """The HTML carries #placeholder and a hidden #ScriptLoadFailure; rendering removes both."""
    html = sandbox.http.get(f"{sandbox.url}/marta_bytes").text
    assert 'id="ScriptLoadFailure" style="display:none"' in html
    assert 'id="placeholder" aria-label="Loading…"' in html
    page.goto(f"{sandbox.url}/home")
    page.wait_for_selector(by("primaryColumn"))
    assert page.locator("#ScriptLoadFailure, #placeholder").count() == 0


def test_a_status_page_marks_its_focal_post_and_shows_as_many_replies_as_it_counts(
    page: Page, sandbox: Sandbox, account: Account
) -> None:
    """The number of replies in the label is the number of reply posts, those behind "Show" included."""
    post_id = account.post("What do you plant next to tomato and garlic in a new garden bed? Answer before you think!")
    sandbox.jump(hours=40)
    page.goto(f"{sandbox.url}/{account.handle}/status/{post_id}")
    page.wait_for_selector(f"{by('tweet')}[tabindex='-1']")
    assert page.locator(f"{by('tweet')}[tabindex='-1']").count() == 1
    label = page.locator(f"{by('tweet')}[tabindex='-1'] [role=group]").get_attribute("aria-label") or ""
    claimed = int((re.match(r"(\d+) repl", label) or ["", "0"])[1])
    assert claimed == account.counts(post_id)["reply_count"]
    links: set[str] = set()
    for _ in range(30):
        # In one go: what is scrolled out of sight leaves the page at any moment.
        page.locator("article:not([data-testid=tweet]) button").evaluate_all("buttons => buttons[0]?.click()")
        links |= set(_reply_links(page, account.handle))
        page.mouse.wheel(0, 700)
        let_draw(page)
    assert len(links) == claimed > 0
    assert page.locator("h2", has_text="Discover more").count() == 1


def _reply_links(page: Page, handle: str) -> list[str]:
    """Return the permalinks of posts that say they answer an account."""
    script = """handle => [...document.querySelectorAll('article[data-testid=tweet]')]
      .filter(a => [...a.querySelectorAll('.replying a')].some(l => l.getAttribute('href') === '/' + handle))
      .map(a => a.querySelector('a > time').parentElement.getAttribute('href'))"""
    return list(page.evaluate(script, handle))


def test_a_profile_shows_its_head_its_pinned_post_and_people_to_follow(page: Page, sandbox: Sandbox) -> None:
    """UserName, description, items, followers and the follow button with the numeric id."""
    page.goto(f"{sandbox.url}/plainmoney")
    page.wait_for_selector(by("tweet"))
    assert page.locator(by("UserName")).inner_text() == "Grace Mbeki\n@plainmoney"
    assert "arithmetic" in page.locator(by("UserDescription")).inner_text()
    assert page.locator("a[href$='/verified_followers']").inner_text() == "47.1K Followers"
    assert re.search(
        r"^\d{17,19}-follow$", page.locator("[data-testid$='-follow']").first.get_attribute("data-testid") or ""
    )
    assert page.locator("div[aria-label='Timeline: Grace Mbeki\u2019s posts']").count() == 1


def test_our_own_profile_carries_the_label_below_its_handle_unless_it_was_taken_off(
    page: Page, sandbox: Sandbox, handle: str
) -> None:
    """The accounts of the world carry none."""
    for faults, names in (({}, f"@{handle}\nAutomated by @sandbox_owner"), ({"unlabelled": True}, f"@{handle}")):
        sandbox.faults(**faults)
        page.goto(f"{sandbox.url}/{handle}")
        page.wait_for_selector(by("UserName"))
        assert page.locator(by("UserName")).inner_text().partition("\n")[2] == names


def test_the_page_learns_everything_over_graphql_with_ids_beyond_javascript_numbers(
    page: Page, sandbox: Sandbox
) -> None:
    """HomeTimeline is asked for once per page, and ids are strings above 2**53, ordered by time."""
    answers: list[Response] = []
    page.on("response", lambda r: answers.append(r) if re.search(r"/graphql/[^/]+/HomeTimeline", r.url) else None)
    page.goto(f"{sandbox.url}/home")
    page.wait_for_selector(by("tweet"))
    instructions = answers[0].json()["data"]["home"]["home_timeline_urt"]["instructions"]
    entries = [e["entryId"] for i in instructions for e in i.get("entries", [])]
    ids = [int(name.removeprefix("tweet-")) for name in entries if name.startswith("tweet-")]
    assert min(ids) > 2**53
    assert ids == sorted(ids, reverse=True)


def test_what_is_gone_leaves_a_placeholder(page: Page, sandbox: Sandbox) -> None:
    """The parent of an answer, and a quoted post, are articles without the test id of a post."""
    page.goto(f"{sandbox.url}/search?q=%22the%20shelf%20that%20lied%22&f=live")
    page.click(f"{by('tweet')} a > time")
    page.wait_for_selector(f"{by('tweet')}[tabindex='-1']")
    placeholder = page.locator(f"{by('cellInnerDiv')} article:not([data-testid])").first
    assert placeholder.inner_text() == "This post is unavailable."
    page.goto(f"{sandbox.url}/home")
    page.wait_for_selector(by("tweet"))
    quotes = page.locator(f"{by('tweet')} article")
    for _ in range(100):
        if quotes.count():
            break
        page.mouse.wheel(0, 1200)
        let_draw(page)
    assert quotes.first.inner_text() == "This post is unavailable."


def test_a_missing_post_and_a_missing_account_say_so(page: Page, sandbox: Sandbox) -> None:
    """Both pages render and hold their notice."""
    page.goto(f"{sandbox.url}/marta_bytes/status/123")
    assert "this page doesn\u2019t exist" in page.locator(by("error-detail")).inner_text()
    page.goto(f"{sandbox.url}/nobody_here_x")
    assert "doesn\u2019t exist" in page.locator(by("empty_state_header_text")).inner_text()


def test_search_finds_by_word_author_and_time_and_says_when_there_is_nothing(page: Page, sandbox: Sandbox) -> None:
    """The query's operators narrow the results; an empty result is no error."""
    page.goto(f"{sandbox.url}/search?q=from%3Aplainmoney%20-filter%3Areplies&src=typed_query&f=live")
    page.wait_for_selector(by("tweet"))
    authors = {post["href"].split("/")[1] for post in page.evaluate(GATHER) if not post["promoted"]}
    assert authors == {"plainmoney"}
    assert page.locator(by("SearchBox_Search_Input")).input_value() == "from:plainmoney -filter:replies"
    page.goto(f"{sandbox.url}/search?q=zzyzx&f=live")
    assert page.locator(by("empty_state_header_text")).inner_text() == 'No results for "zzyzx"'
