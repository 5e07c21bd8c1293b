"""Posts with images, from the client through the real host and Chromium to the sandbox's ledger and back."""

import base64
import hashlib
import json

import httpx
import pytest

from xbot_assets.browser.wire import CALL_BYTES_MAX
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.domain.posts.images import GIF_BYTES_MAX, IMAGE_BYTES_MAX
from xbot_assets.testing.patience import PATIENCE
from xbot_assets.testing.pictures import broken_png, picture, png
from xbot_assets.x.answers import Published
from xbot_assets.x.operations import Image, Publish, ReadPosts
from xbot_assets_tests.browser.host.controlled_site import image
from xbot_assets_tests.browser.host_rig import HANDLE, OPERATION_SECONDS, TOKEN, HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

NO_TIME = 10.0
"""Seconds for a publish that waits in vain for an upload."""


def _publish(
    host: HostProcess, text: str, *images: Image, submit: bool = True, seconds: float = OPERATION_SECONDS
) -> Published:
    return host.run(Publish(text=text, images=images, submit=submit), seconds)


def _failure(
    host: HostProcess, text: str, *images: Image, seconds: float = OPERATION_SECONDS
) -> tuple[FailureKind, str]:
    with pytest.raises(ProductError) as caught:
        _publish(host, text, *images, seconds=seconds)
    return caught.value.kind, caught.value.code


def _shown(sandbox: Sandbox, text: str) -> list[list[tuple[str, str]]]:
    """Return digest and alternative text of each image of each post with this text."""
    posts = [post for post in sandbox.control("GET", "ledger")["posts"] if post["text"] == text]
    return [[(i["sha256"], i["alt_text"]) for i in post["images"]] for post in posts]


def _sha(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- in good order ------------------------------------------------------------------------------------------
def test_four_images_arrive_whole_in_order_and_with_their_descriptions(host: HostProcess, sandbox: Sandbox) -> None:
    """The last one to be small comes last all the same; one has no description; the page shows four photos."""
    contents = [png(1, 1_500_000), picture("JPEG"), picture("WEBP"), png(4)]
    alts = ["A plan:\nfirst “quotes” & <b>", "🦊 " * 300, "", "x" * 1000]
    kinds = ["image/png", "image/jpeg", "image/webp", "image/png"]
    images = [image(c, alt, kind) for c, alt, kind in zip(contents, alts, kinds, strict=True)]
    text = "Four images\n\nand @ann 🦊"
    done = _publish(host, text, *images)
    assert done.typed_text == text
    assert _shown(sandbox, text) == [[(_sha(c), alt) for c, alt in zip(contents, alts, strict=True)]]
    read = host.run(ReadPosts(post_ids=(done.post_id or "",), handle=HANDLE)).posts[0]
    assert (read.photos, read.videos, read.text) == (4, 0, text)


def test_a_gif_goes_out_alone_and_with_pictures_it_is_refused(host: HostProcess, sandbox: Sandbox) -> None:
    """X shows one GIF, or up to four pictures; a GIF may be larger than a picture."""
    moving = picture("GIF", 64, 64, frames=3)
    moving += bytes(IMAGE_BYTES_MAX + 1 - len(moving))
    _publish(host, "It moves", image(moving, "", "image/gif"))
    assert _shown(sandbox, "It moves") == [[(_sha(moving), "")]]
    beside = (image(moving, "", "image/gif"), image(png(2)))
    assert _failure(host, "never seen", *beside) == (FailureKind.PERMANENT, "media_refused")
    assert _shown(sandbox, "never seen") == []


def test_a_slow_upload_is_waited_for(host: HostProcess, sandbox: Sandbox) -> None:
    """The button stays disabled until X has processed the image; then the post goes out with it."""
    sandbox.faults(media_slow_seconds=1)
    _publish(host, "Worth the wait", image(png(5)))
    assert _shown(sandbox, "Worth the wait") == [[(_sha(png(5)), "")]]


def test_a_dialog_that_explains_itself_each_time_it_opens_costs_no_description(
    host: HostProcess, sandbox: Sandbox
) -> None:
    """It opens twice for a post: to write the texts, and to read them back."""
    sandbox.faults(media_alt_explained_again=True)
    _publish(host, "Explained twice", image(png(7), "A plan"))
    assert _shown(sandbox, "Explained twice") == [[(_sha(png(7)), "A plan")]]


def test_shadow_mode_adds_the_images_and_posts_nothing(host: HostProcess, sandbox: Sandbox) -> None:
    """Everything but the click."""
    done = _publish(host, "Only tried", image(png(6), "Tried"), submit=False)
    assert (done.post_id, done.typed_text) == (None, "Only tried")
    assert _shown(sandbox, "Only tried") == []


# --- when it does not work ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("faults", "content", "expected"),
    [
        ({}, broken_png(), (FailureKind.PERMANENT, "media_refused")),
        ({}, picture("PNG", 2, 2), (FailureKind.PERMANENT, "media_refused")),
        ({}, picture("PNG", 9000, 16), (FailureKind.PERMANENT, "media_refused")),
        ({"media_refused": True}, png(7), (FailureKind.PERMANENT, "media_refused")),
        ({"media_upload_fails": True}, png(8), (FailureKind.TRANSIENT, "x_internal_error")),
        ({"media_slow_seconds": 600}, png(9), (FailureKind.TRANSIENT, "media_upload_slow")),
    ],
    ids=["not an image", "too small", "too wide", "refused by X", "upload fails", "never processed"],
)
def test_an_image_that_does_not_go_up_is_a_typed_failure_before_the_click(
    host: HostProcess,
    sandbox: Sandbox,
    faults: dict[str, object],
    content: bytes,
    expected: tuple[FailureKind, str],
) -> None:
    """One that X refuses is refused for good; one that got lost may be tried again; nothing is posted without it."""
    sandbox.faults(**faults)
    seconds = NO_TIME if "media_slow_seconds" in faults else OPERATION_SECONDS
    assert _failure(host, "never seen", image(png(1)), image(content), seconds=seconds) == expected
    assert _shown(sandbox, "never seen") == []


def test_a_refused_image_is_named_with_its_kind_and_size(host: HostProcess, sandbox: Sandbox) -> None:
    """X does not say which of them it means, so all that were given are named."""
    sandbox.faults(media_refused=True)
    with pytest.raises(ProductError) as caught:
        _publish(host, "never seen", image(png(7, 2_000)), image(picture("JPEG"), "", "image/jpeg"))
    assert "image.png (image/png, 2 kB), image.jpeg (image/jpeg, " in caught.value.reason
    assert "PNG, JPEG, WebP or GIF" in caught.value.remedy


def test_a_description_that_the_page_does_not_keep_stops_the_post(host: HostProcess, sandbox: Sandbox) -> None:
    """The texts are read back from the dialog opened anew; an image without its description is not posted."""
    sandbox.faults(media_alt_lost=True)
    assert _failure(host, "never described", image(png(1), "A plan")) == (FailureKind.PERMANENT, "alt_text_differs")
    assert _shown(sandbox, "never described") == []


# --- what the host takes ------------------------------------------------------------------------------------
def test_four_of_the_largest_images_fit_into_a_call_and_more_is_refused(host: HostProcess) -> None:
    """A call of four times 5 MB is read to its end; a longer one is refused in words."""
    largest = b"\xff" * IMAGE_BYTES_MAX
    call = {
        "operation": {
            "kind": "publish",
            "text": "🦊" * 4000,
            "images": [
                {
                    "file_name": "a.png",
                    "mime_type": "image/png",
                    "data": base64.b64encode(largest).decode(),
                    "alt_text": "🦊" * 1000,
                }
            ]
            * 4,
        },
        "lane": "no lane",
        "deadline_seconds": 5,
    }
    whole = json.dumps(call).encode()
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(base_url=host.url, headers=headers, trust_env=False, timeout=PATIENCE) as http:
        fitting = http.post("/operations", content=whole)
        assert (fitting.status_code, [p["loc"] for p in fitting.json()["problems"]]) == (422, [["lane"]])
        longer = http.post("/operations", content=whole + b" " * (CALL_BYTES_MAX + 1 - len(whole)))
        assert (longer.status_code, str(CALL_BYTES_MAX) in longer.json()["error"]) == (413, True)


@pytest.mark.parametrize(
    "data", [png(1), b"", base64.b64encode(b"x" * (IMAGE_BYTES_MAX + 1)), base64.b64encode(b"x" * (GIF_BYTES_MAX + 1))]
)
def test_an_image_that_is_no_base64_or_too_large_is_no_image(data: bytes) -> None:
    """A file handed over as it is must not be garbled in silence; the limit counts the image's own bytes."""
    with pytest.raises(ValueError, match="image"):
        Image(file_name="a.png", mime_type="image/png", data=data)


def test_an_image_travels_unchanged() -> None:
    """What the host reads is what was handed over, up to the largest image."""
    sent = image(b"\0\xff" * (IMAGE_BYTES_MAX // 2))
    assert Image.model_validate_json(sent.model_dump_json()) == sent
