"""The sealed session: what opens it, what does not, and that none of it is ever told."""

import json
import stat
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from xbot_assets.browser.session.key import SessionKey, find_or_make_key, key_path, read_key
from xbot_assets.browser.session.sealed import of_site, storage_state, unseal
from xbot_assets.browser.session.source import load_session, session_path
from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.settings import Settings
from xbot_assets.x.account_state import ACCOUNT_TROUBLE, SESSION_TROUBLE
from xbot_assets_tests.browser.sessions import COOKIE_VALUE, a_state, new_key, sealed, store

SITE = "https://x.com"
KEY = new_key()


@dataclass
class Home:
    """A data directory, the key beside it, and the settings that name both."""

    settings: Settings
    key: SessionKey

    def put(self, text: str) -> None:
        """Store this as the sealed session."""
        store(session_path(self.settings), text)

    def put_session(self, *, key: SessionKey | None = None, handle: str = "me", site: str = SITE, **of: Any) -> None:  # noqa: ANN401
        """Seal and store a session."""
        self.put(sealed(key or self.key, handle, site, a_state(**of)))

    def refusal(self) -> PermanentFailure:
        """Open the session, which must fail, and return how; nothing secret is in it."""
        with pytest.raises(PermanentFailure) as caught:
            load_session(self.settings, system_now())
        assert caught.value.code in SESSION_TROUBLE
        assert COOKIE_VALUE not in str(caught.value)
        assert self.key.text not in str(caught.value)
        assert "\n" not in caught.value.reason
        return caught.value


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Return a home whose key is made as the product makes it."""
    key_file = tmp_path / "elsewhere" / "session.key"
    settings = Settings(mode="shadow", handle="me", home=tmp_path / ".xbot", session_key_path=key_file)
    return Home(settings, find_or_make_key(settings))


def test_a_sealed_session_opens_as_it_was(home: Home) -> None:
    """Handle, site and every cookie, whatever the handle's capitals are today."""
    home.put_session(handle="Me")
    session = load_session(home.settings, system_now())
    assert (session.handle, session.site) == ("Me", SITE)
    assert session.state == storage_state(a_state())


def test_the_file_and_the_key_are_private_and_neither_shows_a_cookie(home: Home) -> None:
    """Only their owner may read them, and reading the session alone tells nothing."""
    home.put_session()
    for path in (session_path(home.settings), key_path(home.settings)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert COOKIE_VALUE not in path.read_text()
    shown = f"{load_session(home.settings, system_now())!r} {home.key!r}"
    assert COOKIE_VALUE not in shown
    assert home.key.text not in shown


def test_a_key_that_exists_is_never_replaced(home: Home) -> None:
    """A second login must not lock out a session that another data directory has."""
    assert find_or_make_key(home.settings).text == home.key.text


def test_a_session_sealed_with_another_key_is_told_apart_from_a_damaged_one(home: Home) -> None:
    """The owner needs to know which of the two files is the wrong one."""
    home.put_session(key=new_key())
    assert home.refusal().reason == "The session was sealed with another key."


def test_a_session_cut_off_anywhere_is_refused_in_one_sentence(home: Home) -> None:
    """A full disk or a broken copy; the line end alone may be missing."""
    text = sealed(home.key, "me", SITE, a_state())
    for length in range(0, len(text) - 1, 7):
        home.put(text[:length])
        assert home.refusal().code == "session_damaged"
    home.put(text.rstrip("\n"))
    assert load_session(home.settings, system_now()).handle == "me"


def test_a_session_changed_anywhere_is_refused_in_one_sentence(home: Home) -> None:
    """Nobody can put another session, or half of one, in its place."""
    text = sealed(home.key, "me", SITE, a_state())
    for place in range(0, len(text) - 1, 5):
        home.put(f"{text[:place]}{'A' if text[place] != 'A' else 'B'}{text[place + 1 :]}")
        assert home.refusal().code in {"session_damaged", "session_key"}


@given(text=st.text())
def test_no_text_makes_the_opening_crash(text: str) -> None:
    """Whatever the file holds, the answer is a sentence."""
    for made in (text, f"xbot-session 1 {KEY.id} 1\n{text}", f"xbot-session 1 {text} 1\nx"):
        with pytest.raises(PermanentFailure):
            unseal(made, KEY)


@given(document=st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
def test_nothing_but_a_storage_state_is_taken_for_one(document: object) -> None:
    """What is imported is checked, and the refusal does not quote it."""
    for made in (
        document,
        {"cookies": document},
        {"cookies": [{"name": "a", "value": COOKIE_VALUE, "domain": document}]},
    ):
        try:
            storage_state(made)
        except ValueError as error:
            assert COOKIE_VALUE not in str(error)  # noqa: PT017 - most are refused, an empty list is a state
        else:
            assert made == {"cookies": []}


def test_a_session_whose_login_has_ended_is_refused_with_the_day(home: Home) -> None:
    """X's own cookie says until when."""
    home.put_session(expires=(system_now() - timedelta(days=2)).timestamp())
    failure = home.refusal()
    assert failure.code == "session_expired"
    assert f"{system_now() - timedelta(days=2):%Y-%m-%d}" in failure.reason


@pytest.mark.parametrize("expires", [1e300, float("inf"), float("nan"), -1, 0])
def test_an_odd_end_of_a_cookie_is_no_crash(home: Home, expires: float) -> None:
    """Browsers store what sites send."""
    home.put_session(expires=expires)
    assert load_session(home.settings, system_now()).handle == "me"


@pytest.mark.parametrize("other", [{"handle": "else"}, {"site": "http://127.0.0.1:1"}], ids=["account", "site"])
def test_a_session_of_another_account_or_site_is_refused(home: Home, other: dict[str, Any]) -> None:
    """A changed XBOT_HANDLE must not post as whoever logged in last."""
    home.put_session(**other)
    failure = home.refusal()
    assert failure.code == "session_other_account"
    assert next(iter(other.values())) in failure.reason


def test_a_session_that_was_never_sealed_is_refused_with_the_way_to_seal_it(home: Home) -> None:
    """The storage state that earlier versions used."""
    home.put(json.dumps(a_state()))
    assert "xbot login --import" in home.refusal().remedy


def _no_session(home: Home) -> None:
    session_path(home.settings).unlink()


def _no_text(home: Home) -> None:
    session_path(home.settings).write_bytes(b"\xff\xfe\x00")


def _no_key(home: Home) -> None:
    key_path(home.settings).unlink()


def _open_key(home: Home) -> None:
    key_path(home.settings).chmod(0o640)


def _bad_key(home: Home) -> None:
    key_path(home.settings).write_text("swordfish")


def _odd_key(home: Home) -> None:
    key_path(home.settings).write_bytes(b"\xff\xfe")


@pytest.mark.parametrize(
    ("spoil", "code", "sentence"),
    [
        (_no_session, "session_missing", "No such file"),
        (_no_text, "session_damaged", "is not the text"),
        (_no_key, "session_key", "No such file"),
        (_open_key, "session_key", "may be read by others"),
        (_bad_key, "session_key", "is not a key"),
        (_odd_key, "session_key", "it is no text"),
    ],
)
def test_each_way_to_have_no_session_or_key_is_one_sentence(
    home: Home, spoil: Callable[[Home], None], code: str, sentence: str
) -> None:
    """With what to do."""
    home.put_session()
    spoil(home)
    failure = home.refusal()
    assert failure.code == code
    assert sentence in failure.reason
    assert failure.remedy


def test_a_key_in_the_data_directory_is_refused(home: Home) -> None:
    """Also when a link leads there: whoever copies the directory would have both."""
    inside = home.settings.home / "session.key"
    link = home.settings.home.parent / "link.key"
    link.symlink_to(inside)
    for place in (inside, link):
        with pytest.raises(PermanentFailure, match="is in the data directory"):
            find_or_make_key(home.settings.model_copy(update={"session_key_path": place}))
    assert not inside.exists()


def test_a_key_from_the_settings_needs_no_file(home: Home) -> None:
    """For machines whose secrets come from elsewhere."""
    key = new_key()
    settings = Settings(mode="shadow", handle="me", home=home.settings.home, session_key=SecretStr(key.text))
    assert find_or_make_key(settings) == read_key(settings) == key


def test_a_new_login_replaces_the_session_in_one_step(home: Home) -> None:
    """Whoever opens it meanwhile gets the old one or the new one, never an error."""
    home.put_session()
    done = threading.Event()

    def replace() -> None:
        for _ in range(100):
            home.put_session()
        done.set()

    writer = threading.Thread(target=replace)
    writer.start()
    while not done.is_set():
        assert load_session(home.settings, system_now()).handle == "me"
    writer.join()
    assert [path.name for path in home.settings.home.iterdir()] == ["session.sealed"]


def test_only_what_belongs_to_the_site_is_kept() -> None:
    """An owner who logs in through another company leaves that company's login out."""
    cookies = [a_state(domain=domain)["cookies"][0] for domain in (".x.com", "api.x.com", ".google.com", "notx.com")]
    origins: list[object] = [
        {"origin": origin, "localStorage": []} for origin in ("https://x.com", "https://accounts.google.com")
    ]
    kept = of_site(storage_state({"cookies": cookies, "origins": origins}), SITE)
    assert [cookie["domain"] for cookie in kept["cookies"]] == [".x.com", "api.x.com"]
    assert [one["origin"] for one in kept["origins"]] == ["https://x.com"]


def test_every_trouble_with_the_session_holds_publishing() -> None:
    """None of them is the post's fault."""
    assert SESSION_TROUBLE <= ACCOUNT_TROUBLE
