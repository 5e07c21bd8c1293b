"""Images: the upload's steps and limits, the composer's previews and descriptions, and the post that shows them."""

import hashlib
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from xbot_assets.testing.pictures import BEGINNING, broken_png, picture, png
from xbot_assets_tests.sandbox.sandbox_rig import Account, Sandbox, by

EDITOR = f"[role=dialog] {by('tweetTextarea_0')}"
BUTTON = f"[role=dialog] {by('tweetButton')}"
PREVIEWS = f"[role=dialog] {by('attachments')} img[src^='blob:']"
MOST = 5_000_000


def _ledger(sandbox: Sandbox, handle: str) -> list[dict[str, Any]]:
    return [post for post in sandbox.control("GET", "ledger")["posts"] if post["handle"] == handle]


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _file(content: bytes, kind: str = "image/png") -> FilePayload:
    return FilePayload(name=f"a.{kind.rpartition('/')[2]}", mimeType=kind, buffer=content)


def _attach(page: Page, sandbox: Sandbox, *files: FilePayload) -> None:
    page.goto(f"{sandbox.url}/compose/post")
    page.set_input_files(f"[role=dialog] {by('fileInput')}", list(files))


def _said(page: Page, words: str) -> None:
    expect(page.locator(by("toast"))).to_contain_text(words)


# --- the upload ---------------------------------------------------------------------------------------------
def test_an_upload_follows_xs_steps_and_its_image_is_served(account: Account) -> None:
    """INIT, APPEND in pieces and FINALIZE; then a post may show it, byte for byte, with its alternative text."""
    content = png(1, 9000)
    begun = account.upload("INIT", total_bytes=len(content), media_type="image/png")
    media_id = begun.json()["media_id_string"]
    assert (begun.status_code, begun.json()["expires_after_secs"]) == (202, 86400)
    for number, start in enumerate(range(0, len(content), 4000)):
        piece = content[start : start + 4000]
        assert account.upload("APPEND", piece, media_id=media_id, segment_index=number).status_code == 204
    done = account.upload("FINALIZE", media_id=media_id)
    assert (done.status_code, done.json()["size"], "processing_info" in done.json()) == (201, 9000, False)
    words = {"media_id": media_id, "alt_text": {"text": "A grey square"}}
    account.send("POST", "/i/api/1.1/media/metadata/create.json", json=words).raise_for_status()
    result = account.create("Shown", images=[media_id]).json()["data"]["create_tweet"]["tweet_results"]["result"]
    medium = result["legacy"]["extended_entities"]["media"][0]
    assert (medium["id_str"], medium["type"], medium["ext_alt_text"]) == (media_id, "photo", "A grey square")
    assert account.send("GET", medium["media_url_https"]).content == content
    shown = {"sha256": _sha(content), "alt_text": "A grey square"}
    assert _ledger(account.sandbox, account.handle)[0]["images"] == [shown]


@pytest.mark.parametrize(
    ("kind", "size"), [("image/svg+xml", 100), ("video/mp4", 100), ("image/png", MOST + 1), ("image/png", 0)]
)
def test_a_type_or_size_that_x_does_not_take_is_refused_before_any_byte(account: Account, kind: str, size: int) -> None:
    """INIT says what is to come."""
    assert account.upload("INIT", total_bytes=size, media_type=kind).status_code == 400


def test_bytes_that_were_not_announced_are_refused(account: Account) -> None:
    """Too many, too few, of another type, or in a piece so large that it is not read."""
    begun = account.upload("INIT", total_bytes=20, media_type="image/png").json()["media_id_string"]
    assert account.upload("APPEND", b"x" * 21, media_id=begun).status_code == 400
    assert account.upload("APPEND", b"x" * 10, media_id=begun).status_code == 204
    assert account.upload("FINALIZE", media_id=begun).status_code == 400
    assert account.upload("APPEND", b"x" * 10, media_id=begun).status_code == 204
    assert account.upload("FINALIZE", media_id=begun).status_code == 400
    assert account.upload("APPEND", b"x" * 1_048_577, media_id=begun).status_code == 413


def test_an_image_belongs_to_whoever_sent_it_and_is_forgotten_after_a_day(account: Account, sandbox: Sandbox) -> None:
    """Nobody else can use it; an old one nobody can; one that a post shows stays."""
    used, unused = account.image(png(2)), account.image(png(3))
    assert sandbox.client("somebodyelse").create("Mine now", images=[used]).json()["errors"][0]["code"] == 324
    account.post("About nothing")
    account.create("With an image", images=[used])
    sandbox.jump(hours=25)
    assert account.create("Too late", images=[unused]).json()["errors"][0]["code"] == 324
    account.image(png(4))
    kept = [account.send("GET", f"/media/{media_id}").headers["content-type"] for media_id in (used, unused)]
    assert kept == ["image/png", "image/svg+xml"]


def test_uploads_lying_about_are_limited(account: Account) -> None:
    """The oldest one makes room."""
    first, *others = [account.image(png(5)) for _ in range(41)]
    assert account.upload("STATUS", media_id=first).status_code == 400
    assert account.upload("STATUS", media_id=others[0]).status_code == 200


def test_uploading_needs_a_session_and_its_csrf_header(account: Account) -> None:
    """As every write does."""
    address = f"{account.sandbox.url}/i/media/upload.json?command=INIT&total_bytes=9&media_type=image/png"
    assert account.sandbox.http.post(address).status_code == 401
    cookies = {"cookie": f"auth_token={account.cookies['auth_token']}"}
    assert account.sandbox.http.post(address, headers=cookies).status_code == 403


def test_a_post_shows_four_processed_images_at_most(account: Account, sandbox: Sandbox) -> None:
    """Five are refused, and so is one that is still processed; its state is there for the asking."""
    images = [account.image(png(grey)) for grey in range(5)]
    assert account.create("Five", images=images).json()["errors"][0]["code"] == 324
    assert "data" in account.create("Four", images=images[:4]).json()
    sandbox.faults(media_slow_seconds=600)
    slow = account.image(png(6))
    assert account.upload("STATUS", media_id=slow).json()["processing_info"]["state"] == "pending"
    assert account.create("Not yet", images=[slow]).json()["errors"][0]["code"] == 324


# --- the composer -------------------------------------------------------------------------------------------
def test_images_with_descriptions_go_from_the_composer_to_the_post(page: Page, sandbox: Sandbox, handle: str) -> None:
    """Previews, the dialog that explains itself once, the descriptions, and the photos on page and timeline."""
    contents = [png(10), png(11, 1_500_000), picture("JPEG")]
    _attach(page, sandbox, *[_file(c, "image/jpeg" if c is contents[2] else "image/png") for c in contents])
    expect(page.locator(PREVIEWS)).to_have_count(3)
    page.click(f"[role=dialog] {by('altTextWrapper')}")
    assert page.url.endswith("/compose/post/media")
    page.click(by("altTextEducationSheetPrimaryAction"))
    page.fill(by("altTextInput"), "The first")
    page.click("[aria-label='View next']")
    page.click("[aria-label='View next']")
    assert page.locator("[aria-label='View next']").is_disabled()
    page.fill(by("altTextInput"), "The third")
    page.click(by("endEditingButton"))
    assert page.url.endswith("/compose/post")
    expect(page.locator(PREVIEWS)).to_have_count(3)
    page.click(EDITOR)
    page.keyboard.type("Three images")
    page.click(BUTTON)
    page.click(f"{by('toast')} a")
    alts = ["The first", "", "The third"]
    expected = [{"sha256": _sha(c), "alt_text": alt} for c, alt in zip(contents, alts, strict=True)]
    assert _ledger(sandbox, handle)[0]["images"] == expected
    for path in (None, f"{sandbox.url}/{handle}"):
        if path:
            page.goto(path)
        photos = page.locator(by("tweet"), has_text="Three images").locator(by("tweetPhoto"))
        expect(photos).to_have_count(3)
        images = photos.locator("img")
        assert [i.get_attribute("alt") for i in images.all()] == ["The first", "Image", "The third"]
        assert images.nth(1).evaluate("i => i.decode().then(() => i.naturalWidth)") == 8


def test_the_button_waits_until_the_images_are_processed(page: Page, sandbox: Sandbox, handle: str) -> None:
    """A bar on each preview; a description typed meanwhile is kept; an image taken away no longer holds it."""
    sandbox.faults(media_slow_seconds=1)
    _attach(page, sandbox, _file(png(12)))
    page.click(EDITOR)
    page.keyboard.type("Slowly")
    expect(page.locator(f"{by('attachments')} [role=progressbar]")).to_have_count(1)
    assert page.locator(BUTTON).is_disabled()
    expect(page.locator(BUTTON)).to_be_enabled()
    sandbox.faults(media_slow_seconds=60)
    page.set_input_files(f"[role=dialog] {by('fileInput')}", [_file(png(13))])
    expect(page.locator(BUTTON)).to_be_disabled()
    page.locator("[aria-label='Remove media']").last.click()
    expect(page.locator(BUTTON)).to_be_enabled()
    page.click(BUTTON)
    page.wait_for_selector(by("toast"))
    assert [image["sha256"] for image in _ledger(sandbox, handle)[0]["images"]] == [_sha(png(12))]


@pytest.mark.parametrize(
    ("files", "faults", "words"),
    [
        ([_file(broken_png())], {}, "failed to load"),
        ([_file(b"<svg/>", "image/svg+xml")], {}, "failed to load"),
        ([_file(png(grey)) for grey in range(5)], {}, "up to 4 photos"),
        ([_file(png(15))], {"media_upload_fails": True}, "failed to upload"),
        ([_file(png(16))], {"media_refused": True}, "failed to upload"),
    ],
    ids=["no image", "a type X does not take", "five", "upload fails", "refused"],
)
def test_what_cannot_be_attached_is_said_and_leaves_no_preview(
    page: Page, sandbox: Sandbox, files: list[FilePayload], faults: dict[str, object], words: str
) -> None:
    """A toast, and the composer as it was."""
    sandbox.faults(**faults)
    _attach(page, sandbox, *files)
    _said(page, words)
    expect(page.locator(PREVIEWS)).to_have_count(0)
    assert page.locator(BUTTON).is_disabled()


def test_a_file_of_another_type_than_it_says_is_refused_by_the_site(account: Account) -> None:
    """The bytes decide, not the name."""
    begun = account.upload("INIT", total_bytes=len(BEGINNING), media_type="image/jpeg").json()["media_id_string"]
    account.upload("APPEND", BEGINNING, media_id=begun)
    assert account.upload("FINALIZE", media_id=begun).json()["errors"][0]["code"] == 324
