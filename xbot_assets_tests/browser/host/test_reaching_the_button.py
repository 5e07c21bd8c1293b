"""The Post button that is late or covered, and the list below a hashtag: real Chromium on the real sandbox page."""

import pytest

from xbot_assets.browser.pages.composer.post_button import not_ready
from xbot_assets.domain.failures import FailureKind, ProductError
from xbot_assets.testing.pictures import png
from xbot_assets.x.operations import Image, Publish
from xbot_assets_tests.browser.host.controlled_site import image
from xbot_assets_tests.browser.host_rig import HANDLE, OPERATION_SECONDS, HostProcess
from xbot_assets_tests.sandbox.sandbox_rig import Sandbox

SOON = 12.0
"""Seconds for a publish that has to give up."""
NOTIFICATIONS = "Turn on notifications."


def _posted(host: HostProcess, sandbox: Sandbox, text: str, *images: Image) -> list[str]:
    """Publish a text, and return how often it is on the site's own ledger."""
    host.run(Publish(text=text, images=images), OPERATION_SECONDS)
    return [one for one in sandbox.texts(HANDLE) if one == text]


def _failure(host: HostProcess, text: str, *, seconds: float = SOON) -> ProductError:
    with pytest.raises(ProductError) as caught:
        host.run(Publish(text=text), seconds)
    return caught.value


# --- a late button ------------------------------------------------------------------------------------------
def test_a_button_that_is_ready_four_seconds_after_typing_is_waited_for(host: HostProcess, sandbox: Sandbox) -> None:
    """The post goes out, once."""
    sandbox.faults(late_button_seconds=4)
    assert _posted(host, sandbox, "Four seconds later") == ["Four seconds later"]


def test_a_button_that_does_not_become_ready_for_a_text_that_fits_is_no_fault_of_the_text(
    host: HostProcess, sandbox: Sandbox
) -> None:
    """It is tried again, not given up for good; nothing was posted."""
    sandbox.faults(late_button_seconds=600)
    failure = _failure(host, "Never ready")
    assert (failure.kind, failure.code) == (FailureKind.TRANSIENT, "post_button_late")
    assert "although the text fits" in failure.reason
    assert "Never ready" not in sandbox.texts(HANDLE)


def test_a_text_that_the_page_counts_as_too_long_is_refused_for_good(host: HostProcess, sandbox: Sandbox) -> None:
    """The page's own counter says so; the remedy names the setting."""
    failure = _failure(host, "x" * 281)
    assert (failure.kind, failure.code) == (FailureKind.PERMANENT, "post_button_disabled")
    assert "XBOT_POST_MAX_WEIGHTED_CHARS" in failure.remedy
    assert "x" * 281 not in sandbox.texts(HANDLE)


@pytest.mark.parametrize(
    ("counted", "left", "code"),
    [
        (280, None, "post_button_late"),
        (281, None, "post_button_disabled"),
        (281, 1719, "post_button_late"),
        (280, 0, "post_button_late"),
        (280, -1, "post_button_disabled"),
    ],
)
def test_the_page_s_counter_decides_and_without_it_our_own_count(counted: int, left: int | None, code: str) -> None:
    """An account with a subscription has more than 280; a fault in our count shows."""
    assert not_ready(counted, left, 20).code == code


# --- something over it --------------------------------------------------------------------------------------
@pytest.mark.parametrize("over", ["banner", "passing", "sheet", "escape", "beside"])
def test_what_covers_the_composer_is_closed_as_a_person_would(host: HostProcess, sandbox: Sandbox, over: str) -> None:
    """By its button, by Escape, by a click beside it, or by waiting; then the post goes out, once."""
    sandbox.faults(overlay=over)
    text = f"From below a cover: {over}"
    assert _posted(host, sandbox, text) == [text]


def test_a_sheet_does_not_keep_an_image_from_its_description(host: HostProcess, sandbox: Sandbox) -> None:
    """It lies over the link for descriptions before it lies over the button."""
    sandbox.faults(overlay="sheet")
    assert _posted(host, sandbox, "An image below a sheet", image(png(1), "A plan")) == ["An image below a sheet"]


@pytest.mark.soak
@pytest.mark.parametrize("over", ["stuck", "locked"])
def test_what_cannot_be_closed_is_named_within_seconds_and_nothing_is_posted(
    host: HostProcess, sandbox: Sandbox, over: str
) -> None:
    """Neither 120 seconds nor a reason without a name; the composer was not closed by an Escape meant for the cover."""
    sandbox.faults(overlay=over)
    failure = _failure(host, "Below what stays", seconds=OPERATION_SECONDS)
    assert (failure.kind, failure.code) == (FailureKind.TRANSIENT, "page_covered")
    assert NOTIFICATIONS in failure.reason
    assert "does not close; nothing was clicked" in failure.reason
    assert "Below what stays" not in sandbox.texts(HANDLE)


# --- the list of suggestions --------------------------------------------------------------------------------
@pytest.mark.parametrize("suggestions", ["on", "late"])
@pytest.mark.parametrize(
    "text",
    ["Compost #tea", "Asking @ann", "Three #tags\n\n@ann and #more\nat the end #下", "In capitals #ABC_1", "See $TWTR"],
)
def test_a_list_after_a_tag_or_a_name_changes_nothing_of_the_post(
    host: HostProcess, sandbox: Sandbox, suggestions: str, text: str
) -> None:
    """It is closed first: its Enter would take an entry, and it lies over the button."""
    sandbox.faults(suggestions=suggestions)
    said = f"{suggestions} {text}"
    assert _posted(host, sandbox, said) == [said]


@pytest.mark.soak
def test_a_list_that_does_not_close_is_told_by_name(host: HostProcess, sandbox: Sandbox) -> None:
    """Escape is tried, and never so that the draft is thrown away."""
    sandbox.faults(suggestions="stuck")
    failure = _failure(host, "A stuck #list", seconds=OPERATION_SECONDS)
    assert (failure.kind, failure.code) == (FailureKind.TRANSIENT, "page_covered")
    assert "#listgarden" in failure.reason
    assert "A stuck #list" not in sandbox.texts(HANDLE)


@pytest.mark.soak
def test_shadow_mode_is_told_of_a_cover_too(host: HostProcess, sandbox: Sandbox) -> None:
    """Everything but the click."""
    sandbox.faults(overlay="stuck")
    with pytest.raises(ProductError) as caught:
        host.run(Publish(text="A shadow below a banner", submit=False), OPERATION_SECONDS)
    assert caught.value.code == "page_covered"
