"""The faults of the site, each seen from where a client would see it."""

import time

import pytest
from playwright.sync_api import Page, Request, expect

from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox, by, write


def test_a_dropped_connection_keeps_exactly_one_post(page: Page, sandbox: Sandbox, handle: str) -> None:
    """The browser never hears whether the post was made; the ledger knows that it was, once."""
    sandbox.faults(drop_after_commit=True)
    failed: list[Request] = []
    page.on("requestfailed", lambda request: failed.append(request) if "/CreateTweet" in request.url else None)
    write(page, sandbox.url, "Was I heard?")
    expect(page.locator(by("toast"))).to_contain_text("Something went wrong")
    assert len(failed) == 1
    assert sandbox.texts(handle) == ["Was I heard?"]


def test_a_silently_removed_post_was_answered_with_success(account: Account, sandbox: Sandbox) -> None:
    """The id looks fine, the post is nowhere, and the ledger says it is deleted."""
    sandbox.faults(silent_removal=True)
    post_id = account.post("Now you see me")
    assert account.ask("TweetDetail", focalTweetId=post_id).json()["errors"][0]["code"] == 144
    ledger = [p for p in sandbox.control("GET", "ledger")["posts"] if p["id"] == post_id]
    assert ledger[0]["deleted"] is True


def test_a_hidden_post_appears_after_its_time(account: Account, sandbox: Sandbox) -> None:
    """It can be seen neither on its page nor on the profile until the sandbox's clock allows it."""
    sandbox.faults(hide_after_create_seconds=300)
    post_id = account.post("Later, please")
    sandbox.faults()
    assert "errors" in account.ask("TweetDetail", focalTweetId=post_id).json()
    sandbox.jump(seconds=301)
    assert "errors" not in account.ask("TweetDetail", focalTweetId=post_id).json()


def test_a_used_up_rate_window_shows_retry_and_recovers(page: Page, sandbox: Sandbox) -> None:
    """GraphQL answers 429 with X's headers and body; the page offers Retry, which works when the fault is gone."""
    sandbox.faults(rate_limited=True)
    with page.expect_response(lambda r: "/HomeTimeline" in r.url) as waiting:
        page.goto(f"{sandbox.url}/home")
    assert waiting.value.status == 429
    assert waiting.value.text().strip() == "Rate limit exceeded"
    assert waiting.value.headers["x-rate-limit-remaining"] == "0"
    assert int(waiting.value.headers["x-rate-limit-reset"]) > 0
    expect(page.locator(by("primaryColumn"))).to_contain_text("Something went wrong. Try reloading.")
    sandbox.faults()
    page.click("button:has-text('Retry')")
    page.wait_for_selector(by("tweet"))


@pytest.mark.parametrize(
    ("fault", "path", "target"),
    [("logged_out", "/home", "/i/flow/login"), ("logged_out", "/compose/post", "/i/flow/login")]
    + [("locked", path, "/account/access") for path in ("/home", "/marta_bytes", "/compose/post")],
)
def test_pages_lead_away_when_the_session_is_not_good(
    page: Page, sandbox: Sandbox, fault: str, path: str, target: str
) -> None:
    """An expired session leads to the login, a locked account to its access page."""
    sandbox.faults(**{fault: True})
    page.goto(sandbox.url + path)
    assert target in page.url
    assert page.locator(by("SideNav_AccountSwitcher_Button")).count() == 0


def test_graphql_says_what_is_wrong_with_the_session(account: Account, sandbox: Sandbox) -> None:
    """Code 32 when expired, 326 when locked, 64 from CreateTweet when suspended."""
    sandbox.faults(logged_out=True)
    assert account.ask("HomeTimeline").json()["errors"][0]["code"] == 32
    sandbox.faults(locked=True)
    assert account.ask("HomeTimeline").json()["errors"][0]["code"] == 326
    sandbox.faults(suspended=True)
    assert account.create("Am I there?").json()["errors"][0]["code"] == 64


def test_a_site_that_is_down_answers_503_but_control_and_llm_go_on(sandbox: Sandbox) -> None:
    """The fault is the site's alone."""
    sandbox.faults(down=True)
    assert sandbox.http.get(f"{sandbox.url}/marta_bytes").status_code == 503
    assert sandbox.http.get(f"{sandbox.url}/_sandbox/health").status_code == 200
    models = sandbox.http.get(f"{sandbox.url}/v1/models", headers={"authorization": "Bearer sk-sandbox-test"})
    assert models.status_code == 200


def test_a_script_that_does_not_load_makes_the_notice_visible(page: Page, sandbox: Sandbox) -> None:
    """#ScriptLoadFailure is displayed and nothing is rendered."""
    sandbox.faults(script_load_failure=True)
    page.goto(f"{sandbox.url}/home")
    expect(page.locator("#ScriptLoadFailure")).to_be_visible()
    assert page.locator(by("primaryColumn")).count() == 0


def test_changed_markup_renames_the_test_ids(page: Page, sandbox: Sandbox) -> None:
    """The page works for people, and programs find nothing."""
    sandbox.faults(changed_markup=True)
    page.goto(f"{sandbox.url}/home")
    page.wait_for_selector("article")
    assert page.locator(by("tweet")).count() == 0


def test_a_slow_site_is_slow_once_a_request(sandbox: Sandbox) -> None:
    """The page waits as told; control does not."""
    sandbox.faults(slow_seconds=0.3)
    started = time.monotonic()
    sandbox.http.get(f"{sandbox.url}/marta_bytes")
    assert time.monotonic() - started >= 0.3


def test_other_languages_change_words_and_keep_the_leading_digits(page: Page, sandbox: Sandbox) -> None:
    """In Japanese the group label cannot be split at English words, but buttons still begin with the number."""
    sandbox.faults(locale="ja")
    page.goto(f"{sandbox.url}/plainmoney")
    page.wait_for_selector(by("tweet"))
    labels = [e.get_attribute("aria-label") or "" for e in page.query_selector_all(by("like"))]
    assert all(label[0].isdigit() and "いいね" in label for label in labels)


@pytest.mark.parametrize("shape", ["2024", "2025", "2026"])
def test_users_come_in_the_shape_that_was_asked_for(page: Page, sandbox: Sandbox, account: Account, shape: str) -> None:
    """The name moved from legacy to core, then the counts moved too; the page reads all three."""
    sandbox.faults(user_shape=shape)
    user = account.ask("UserByScreenName", screen_name="plainmoney").json()["data"]["user"]["result"]
    assert ("legacy" in user) is (shape != "2026")
    assert ("core" in user) is (shape != "2024")
    if shape == "2026":
        assert user["relationship_counts"]["followers"] == 47100
    else:
        assert user["legacy"]["followers_count"] == 47100
    page.goto(f"{sandbox.url}/plainmoney")
    page.wait_for_selector(by("tweet"))
    assert page.locator(by("UserName")).inner_text() == "Grace Mbeki\n@plainmoney"


def test_somebody_logged_out_sees_profiles_with_the_bottom_bar(visitor: Page, sandbox: Sandbox) -> None:
    """A profile is public, its tabs are fewer, and search is not."""
    visitor.goto(f"{sandbox.url}/marta_bytes")
    visitor.wait_for_selector(by("tweet"))
    assert visitor.locator(f"{by('BottomBar')} {by('login')}").count() == 1
    visitor.goto(f"{sandbox.url}/search?q=soil")
    assert "/i/flow/login" in visitor.url


def test_an_account_can_log_in_by_hand(visitor: Page, sandbox: Sandbox, account: Account) -> None:
    """Identifier, password, home: with the fields and buttons of X's dialog."""
    visitor.goto(f"{sandbox.url}/home")
    visitor.fill("input[name=text][autocomplete=username]", account.handle)
    visitor.click("button:has-text('Next')")
    button = visitor.locator(by("LoginForm_Login_Button"))
    expect(button).to_have_attribute("aria-disabled", "true")
    visitor.fill("input[name=password]", "anything")
    button.click()
    visitor.wait_for_selector(by("SideNav_AccountSwitcher_Button"))
