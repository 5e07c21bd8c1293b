"""Turns what ``x.js`` reads from a page, in one call, into the typed readings of ``operations``."""

import logging
from functools import cache
from importlib.resources import files
from typing import TypeVar

from playwright.async_api import Page
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from xbot_assets.browser.pages.labels import counts_of
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.x.answers import PostReading, QuotedPost

_log = logging.getLogger(__name__)


class _Read(BaseModel):
    """What the script returns is checked: a script and a model that differ must not agree by default."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class RawQuote(_Read):
    """A quote box as the page has it."""

    handle: str | None
    created_at: AwareDatetime | None
    text: str | None
    translated: bool


class RawPost(_Read):
    """One article as the page has it."""

    post_id: str | None
    handle: str | None
    permalink: str | None
    created_at: AwareDatetime | None
    time_text: str | None
    text: str | None
    translated: bool
    lang: str | None
    label: str
    buttons: dict[str, str | None]
    quoted: tuple[RawQuote, ...]
    promoted: bool
    focal: bool
    pinned: bool
    edited: bool
    truncated: bool
    reposted_by: str | None
    viewer_liked: bool
    viewer_bookmarked: bool
    photos: int
    videos: int
    card: bool
    article: bool


class RawProfile(_Read):
    """A profile's header in the page's own words; ``label`` is what stands below the handle."""

    name: str
    label: str | None
    joined: str | None
    bio: str
    following: str | None
    followers: str | None
    posts: str | None


class RawTrend(_Read):
    """One line of what is talked about: the words above its name, the name, and the words below."""

    context: str | None
    name: str | None
    below: str | None
    promoted: bool


class RawState(_Read):
    """The marks by which a page's state is told; ``states.py`` says what they mean."""

    path: str
    language: str
    column: bool
    logged_in: bool
    own_handle: str | None
    login: bool
    login_offered: bool
    locked: bool
    suspended: bool
    script_failure: bool
    challenge: bool
    retry: bool
    error: str | None
    empty: str | None
    busy: bool


class Scroll(_Read):
    """Where the page is scrolled to, in CSS pixels, before any scrolling asked for with the reading."""

    top: float
    view: float
    height: float

    @property
    def at_end(self) -> bool:
        """Whether the last line is in view; one pixel of rounding is allowed."""
        return self.top + self.view >= self.height - 1


class Snapshot(_Read):
    """One page at one moment."""

    state: RawState
    posts: tuple[RawPost, ...]
    placeholders: tuple[str, ...]
    profile: RawProfile | None
    trends: tuple[RawTrend, ...]
    scroll: Scroll

    def readings(self) -> list[PostReading]:
        """Return the posts in page order.

        Raises:
            PermanentFailure: ``page_changed``, when there are posts and not one can be read.
        """
        read = [reading for raw in self.posts if (reading := reading_of(raw, self.state.language)) is not None]
        if self.posts and not read:
            raise page_changed(f"The page {self.state.path} shows {len(self.posts)} posts, none with an author.")
        return read


class Arrival(_Read):
    """A page that was waited for: whether in vain, and what it showed when the waiting ended."""

    late: bool
    page: Snapshot


_Form = TypeVar("_Form", bound=_Read)


def page_changed(reason: str) -> PermanentFailure:
    """Return the failure that says X no longer looks as this code expects."""
    return PermanentFailure(
        reason,
        code=FailureCode.PAGE_CHANGED,
        remedy="X's pages have changed: look at the page and update browser/pages.",
    )


@cache
def script() -> str:
    """Return the text of ``x.js``."""
    return _text("x.js")


@cache
def _arriving() -> str:
    """Return ``arrive.js`` with ``x.js`` to look with, as one function of what is asked."""
    waiting, looking = (_text(name).rstrip().removesuffix(";") for name in ("arrive.js", "x.js"))
    return f"(request) => ({waiting})(request, {looking})"


def _text(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


async def take(page: Page, *, scroll: float = 0) -> Snapshot:
    """Read the page; then scroll down by ``scroll`` screens.

    Raises:
        PermanentFailure: ``page_changed``, when the answer does not have the agreed form.
    """
    return _checked(Snapshot, await page.evaluate(script(), {"what": "read", "scroll": scroll}))


async def arrived(page: Page, want: str, milliseconds: float) -> Arrival:
    """Wait inside the page until it shows what is wanted or never will, and read it at that moment.

    Waiting and reading are one call: a post is read as soon as it is drawn, and nothing is asked twice.

    Raises:
        PermanentFailure: ``page_changed``, when the answer does not have the agreed form.
    """
    return _checked(Arrival, await page.evaluate(_arriving(), {"want": want, "milliseconds": milliseconds}))


def _checked(form: type[_Form], answer: object) -> _Form:
    try:
        return form.model_validate(answer)
    except ValidationError as error:
        reason = f"The page could not be read: {error.error_count()} fields are not as expected."
        raise page_changed(reason) from error


def reading_of(raw: RawPost, language: str) -> PostReading | None:
    """Return the typed reading, or ``None`` for a post without an author. A translation is not its author's text."""
    if raw.handle is None:
        _log.warning("Skipped a post without an author, id %s.", raw.post_id)
        return None
    same = raw.model_dump(exclude={"handle", "buttons", "time_text", "quoted"})
    same |= {"text": None, "lang": None} if raw.translated else {}
    words = raw.viewer_liked + raw.viewer_bookmarked
    counts = counts_of(raw.label, raw.buttons, language=language, viewer_words=words)
    return PostReading(handle=raw.handle, counts=counts, quoted=tuple(map(_quoted, raw.quoted)), **same)


def _quoted(box: RawQuote) -> QuotedPost:
    own = box.model_dump() | ({"text": None} if box.translated else {})
    return QuotedPost(**own)
