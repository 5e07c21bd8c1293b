"""The five views in a real Chromium, at a desk and on a phone: seen, judged, and used as a person uses them."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from xbot_assets.domain.clock import ClockLine, system_now
from xbot_assets.service.app import build_app
from xbot_assets.service.health.components import Component
from xbot_assets.service.health.connections import Connections
from xbot_assets.settings import Settings
from xbot_assets.store.clock import set_line
from xbot_assets.store.engine.database import Database
from xbot_assets.store.publishing import approvals
from xbot_assets.store.publishing.drafts import newest_drafts
from xbot_assets.store.publishing.threads import post_images
from xbot_assets.testing.learned_scene import play_learned
from xbot_assets.testing.page_scene import HELD, HOUR, QUEUED, Words, play
from xbot_assets.testing.patience import until
from xbot_assets.testing.pictures import png
from xbot_assets.testing.servers import SettingsFor
from xbot_assets.testing.serving import served
from xbot_assets_tests.service.pages.views_rig import DESK, PHONE, Scheme, Visit, a_browser, visiting

pytestmark = pytest.mark.slow

VIEWS = ("/", "/calendar", "/inbox", "/insights", "/system", "/write")
TEN = datetime(2026, 3, 4, 10, tzinfo=UTC)
"""A Wednesday, so that the week around it is all there."""
HOSTILE = (
    "<script>window.owned=1</script>",
    "<img src=x onerror=window.owned=1>",
    "<svg/onload=window.owned=1>",
    "\"><iframe srcdoc='<script>parent.owned=1</script>'>",
    "'-window.owned=1-'",
    "javascript:window.owned=1//",
    "{{ 7 * 7 }}{% print 7 %}${window.owned=1}",
    "</textarea><script>window.owned=1</script>",
    '" autofocus onfocus="window.owned=1',
    "<a hx-get='/logout' hx-trigger='load' hx-on:load='window.owned=1'>x</a>",
    "<style>*{display:none}</style><base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=https://evil.example/'>",
    "</li></ul></main><form action=https://evil.example/><button>Approve</button>",
    "\u202e<!--<script>window.owned=1</script>--\u2028window.owned=1",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all of them."""
    with a_browser() as opened:
        yield opened


@pytest.fixture
def settings(settings_for: SettingsFor, database: Database) -> Settings:
    """Settings under which everything needs approval, on a clock that stands at ten on a Wednesday."""
    set_line(database, ClockLine(system_now(), TEN))
    return settings_for(approval="all", timezone="Europe/Berlin", handle="kitchen", target_url="http://127.0.0.1:9")


@pytest.fixture
def origin(settings: Settings) -> Iterator[str]:
    """The service's origin, with parts that are well."""
    parts = [Component(name, lambda: "Answers.") for name in ("Database", "Browser host", "Dagster daemons")]
    with served(build_app(Connections(lambda: settings), parts)) as address:
        yield address


def drag(visit: Visit, what: Locator, right: float, down: float) -> float:
    """Take something by its top and put it elsewhere, as a hand does; return how wide it is."""
    what.scroll_into_view_if_needed()
    box = what.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    mouse = visit.page.mouse
    mouse.move(x, y)
    if right or down:
        mouse.down()
        mouse.move(x + right / 2, y + down / 2, steps=4)
        mouse.move(x + right, y + down, steps=4)
        mouse.up()
    return box["width"]


def clean(visit: Visit) -> None:
    """Nothing was asked of another server, and nothing went wrong, an offence against the policy included."""
    assert visit.elsewhere == []
    assert visit.troubles == []


@pytest.mark.parametrize(
    ("size", "scheme"),
    [
        (DESK, "light"),
        (PHONE, "dark"),
        *(pytest.param(*case, marks=pytest.mark.soak) for case in [(DESK, "dark"), (PHONE, "light")]),
    ],
)
def test_every_view_is_accessible_and_asks_no_other_server(
    database: Database, settings: Settings, browser: Browser, origin: str, size: tuple[int, int], scheme: Scheme
) -> None:
    """Judged by axe-core, with an account in the middle of its day; no line is wider than the window."""
    play_learned(database, settings, TEN - 2 * HOUR)
    numbers = play(database, settings, TEN)
    paths = {"post": f"/posts/{numbers['queued'][0]}", "draft": f"/write/{numbers['draft'][0]}"}
    with visiting(browser, origin, size, scheme) as visit:
        for name, path in [(path.strip("/") or "now", path) for path in VIEWS] + list(paths.items()):
            visit.go(path)
            if path in {"/calendar", "/system"}:
                settled = ".ec-event" if path == "/calendar" else ".u-over"
                visit.page.locator(settled).first.wait_for()
            assert visit.axe() == [], name
            assert visit.page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), name
            visit.keep(f"{name}-{size[0]}-{scheme}")
        clean(visit)


def test_empty_views_say_what_will_come(browser: Browser, origin: str) -> None:
    """Before anything was planned, published or learned."""
    with visiting(browser, origin, PHONE) as visit:
        for path, words in (
            ("/", "Nothing waits"),
            ("/calendar", "No drafts"),
            ("/inbox", "No post waits"),
            ("/inbox", "No reply waits"),
            ("/insights", "No model yet"),
            ("/insights", "No post was published yet"),
            ("/insights", "Nothing was read yet"),
            ("/system", "The browser has done nothing"),
        ):
            visit.go(path)
            expect(visit.page.get_by_text(words).first).to_be_visible()
            assert visit.axe() == []
            visit.keep(f"empty-{path.strip('/') or 'now'}-390-light")
        clean(visit)


def test_posts_are_decided_about_by_keys_one_after_the_other(
    database: Database, settings: Settings, browser: Browser, origin: str
) -> None:
    """Approve, and the next card has the focus; edit opens with the text, and its letters are no keys."""
    held = play(database, settings, TEN)["held"]
    with visiting(browser, origin) as visit:
        visit.go("/inbox")
        page = visit.page
        expect(page.get_by_text("9 to decide")).to_be_visible()
        page.keyboard.press("j")
        expect(page.locator(f"#post-{held[0]}")).to_be_focused()
        page.keyboard.press("a")
        expect(page.locator("#said")).to_contain_text(f"Post {held[0]} is approved")
        expect(page.locator(f"#post-{held[1]}")).to_be_focused()
        page.keyboard.press("e")
        page.keyboard.type("a jar of ")
        expect(page.locator(f"#counted-{held[1]}")).to_contain_text(f"{len(HELD[1]) + 9} of 280")
        page.keyboard.press("Escape")
        page.keyboard.press("r")
        page.keyboard.type("Not now.")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text(f"Post {held[1]} is rejected")
        clean(visit)
    assert [approvals.post_to_decide(database, number).status for number in held[:2]] == ["queued", "rejected"]
    assert approvals.post_to_decide(database, held[0]).approved_by


def test_what_is_dragged_on_the_calendar_has_another_time(
    database: Database, settings: Settings, browser: Browser, origin: str
) -> None:
    """By the owner's clock; what the server refuses goes back to where it was."""
    queued = play(database, settings, TEN)["queued"]
    before = approvals.post_to_decide(database, queued[0]).scheduled_at
    with visiting(browser, origin) as visit:
        visit.go("/calendar")
        page = visit.page
        moved = page.locator(".ec-event", has_text=QUEUED[0][:20]).first
        drag(visit, moved, 0, 56)
        expect(page.locator("#said")).to_contain_text("another time")
        assert approvals.post_to_decide(database, queued[0]).scheduled_at == before + HOUR
        width = drag(visit, moved, 0, 0)
        drag(visit, moved, -2 * width, 0)
        expect(page.locator("#said")).to_contain_text("cannot be put on")
        clean(visit)
    assert approvals.post_to_decide(database, queued[0]).scheduled_at == before + HOUR
    assert approvals.recent_decisions(database, 1)[0].decision == "rescheduled"


def test_on_a_phone_a_post_is_approved_and_timed_with_thumbs(
    database: Database, settings: Settings, browser: Browser, origin: str
) -> None:
    """The calendar is a list there; a tap opens the post, which has a field for its time."""
    numbers = play(database, settings, TEN)
    with visiting(browser, origin, PHONE) as visit:
        visit.go("/inbox")
        page = visit.page
        button = page.locator(f"#post-{numbers['held'][0]}").get_by_role("button", name="Approve")
        until(lambda: button.evaluate("button => button.offsetHeight") >= 44, "a button as tall as a thumb is wide")
        button.tap()
        expect(page.locator("#said")).to_contain_text("is approved")
        page.get_by_role("link", name="Calendar").first.tap()
        page.locator(".ec-event", has_text=QUEUED[1][:20]).first.tap()
        expect(page.get_by_role("heading", name=f"Post {numbers['queued'][1]}")).to_be_visible()
        page.locator("details.time summary").tap()
        page.get_by_label("Time in Europe/Berlin").fill("2026-03-06T18:30")
        page.get_by_role("button", name="Set time").tap()
        expect(page.locator("#said")).to_contain_text("another time")
        clean(visit)
    assert approvals.post_to_decide(database, numbers["queued"][1]).scheduled_at == datetime(
        2026, 3, 6, 17, 30, tzinfo=UTC
    )


def test_a_thread_with_an_image_is_written_kept_and_queued(
    database: Database, browser: Browser, origin: str, tmp_path: Path
) -> None:
    """The count is X's own; a draft keeps the words; the image and its description are the first post's."""
    picture = tmp_path / "onion.png"
    picture.write_bytes(png(90))
    with visiting(browser, origin) as visit:
        visit.go("/write")
        page = visit.page
        page.get_by_label("Text", exact=True).fill("Onions, in two parts. https://example.org/a/very/long/address 🧅")
        expect(page.locator("#counted-1")).to_contain_text("48 of 280")
        page.get_by_role("button", name="Add to a thread").click()
        page.keyboard.type("Forty minutes, on the lowest flame.")
        page.get_by_role("button", name="Keep as a draft").click()
        expect(page.locator("#said")).to_contain_text("draft is kept")
        page.get_by_label("Image 1").set_input_files(picture)
        page.get_by_label("What it shows, in words").first.fill("An onion cut in half")
        page.get_by_label("Time in Europe/Berlin").fill("2026-03-05T09:00")
        page.get_by_role("button", name="Queue it").click()
        expect(page.get_by_role("heading", level=1, name=re.compile("Post [0-9]+"))).to_be_visible()
        expect(page.get_by_role("img", name="An onion cut in half")).to_be_visible()
        post_id = int(page.url.rpartition("/")[2])
        clean(visit)
    post = approvals.post_to_decide(database, post_id)
    assert (post.segments, post.source, post.scheduled_at) == (2, "manual", datetime(2026, 3, 5, 8, tzinfo=UTC))
    assert [image.alt_text for image in post_images(database, post_id)] == ["An onion cut in half"]
    assert newest_drafts(database, 9) == []


def test_an_open_page_follows_what_happens_and_spoils_no_typing(
    database: Database, settings: Settings, browser: Browser, origin: str
) -> None:
    """What is read changes by itself; who is writing is told that there is something new."""
    held = play(database, settings, TEN)["held"]
    by = approvals.Decider("Anna", TEN, "Elsewhere.")
    with visiting(browser, origin) as visit:
        visit.go("/inbox")
        page = visit.page
        first, second = (page.locator(f"#post-{number}") for number in held[:2])
        expect(page.locator("body")).to_have_attribute("data-stream", "open")
        approvals.reject_post(database, held[0], by)
        expect(first).to_have_count(0)
        second.locator("details.edit summary").click()
        second.get_by_role("textbox", name="Text").fill("Half a sent")
        approvals.reject_post(database, held[2], by)
        page.get_by_role("button", name="Something has changed").wait_for()
        expect(second.get_by_role("textbox", name="Text")).to_have_value("Half a sent")
        expect(page.locator(f"#post-{held[2]}")).to_have_count(1)
        page.get_by_role("button", name="Something has changed").click()
        expect(page.locator(f"#post-{held[2]}")).to_have_count(0)
        clean(visit)


def test_words_from_outside_are_inert_on_every_view(
    database: Database, settings: Settings, browser: Browser, origin: str
) -> None:
    """As posts, topics, descriptions, reasons and drafts: nothing runs, nothing is fetched, no form is added."""
    many = [f"{text} {number}" for number, text in enumerate(HOSTILE)]
    words = Words(many[:5], many[5:9], many[9:], many, many[:3], HOSTILE[1], HOSTILE[0], HOSTILE[3], HOSTILE[8])
    words = Words(
        published=[f"{text} p" for text in many[:5]],
        held=[f"{text} h" for text in many],
        queued=[f"{text} q" for text in many],
        drafted=many,
        thread=[f"{text} t" for text in many[:3]],
        asked=[f"{text} o" for text in many],
        answers=[f"{text} a" for text in many],
        topic=words.topic,
        form=words.form,
        reason=words.reason,
        alt=words.alt,
    )
    play_learned(database, settings, TEN - 2 * HOUR, words="<script>window.owned=1</script><img src=x> {} {}")
    numbers = play(database, settings, TEN, words)
    more = [f"/posts/{number}" for number in (*numbers["held"][:2], *numbers["queued"][:2], numbers["published"][0])]
    with visiting(browser, origin) as visit:
        for path in (*VIEWS, *more, f"/write/{numbers['draft'][7]}"):
            visit.go(path)
            if path == "/calendar":
                visit.page.locator(".ec-event").first.wait_for()
            assert visit.page.evaluate("window.owned === undefined"), path
            assert visit.page.evaluate("document.querySelectorAll('iframe, base, style:not([data-own])').length") == 0
            action = "new URL(form.getAttribute('action') ?? '', location)"
            outward = f"[...document.forms].filter(form => {action}.origin !== origin).length"
            assert visit.page.evaluate(outward) == 0
            assert visit.page.url.startswith(f"{origin}{path}")
        clean(visit)
