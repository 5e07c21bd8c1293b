"""Numbers in any language: what CLDR writes is read back, and what may be two numbers is none."""
# ruff: noqa: RUF001 - the digits and marks of other scripts are what is tested

from typing import Literal

import pytest
from babel import Locale
from babel.numbers import format_compact_decimal, format_decimal
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.browser.pages.numbers.amounts import Amount, amounts, one_amount
from xbot_assets.browser.pages.numbers.notation import LANGUAGES, notation_of

SYSTEMS = {"ar": "arab", "fa": "arabext", "ur": "arabext", "hi": "deva", "mr": "deva", "bn": "beng", "th": "thai"}
"""Digits of their own, for the languages that have them."""
LARGEST = 999_000_000
UNREAD_MOST = 8
"""Of 32 numbers: Bengali, for one, has the same word for two of them."""


def _read(text: str, language: str) -> int | None:
    amount = one_amount(text, notation_of(language))
    return None if amount is None else amount.value


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("length", ["short", "long"])
@pytest.mark.parametrize("system", ["latn", "own"])
def test_what_cldr_shortens_is_read_back_or_refused_but_never_another_number(
    language: str, length: Literal["short", "long"], system: str
) -> None:
    """Every language of X, both lengths, digits of its own, every magnitude that a count may have."""
    locale = Locale.parse(language, sep="-")
    digits = "latn" if system == "latn" else SYSTEMS.get(language, "default")
    unread = []
    for power in range(1, 9):
        for lead in (10, 12, 38, 99):
            number = lead * 10 ** (power - 1)
            written = format_compact_decimal(
                number, format_type=length, locale=locale, fraction_digits=1, numbering_system=digits
            )
            read = _read(f"{written} xyz", language)
            assert read in {number, None}, (written, number)
            if read is None:
                unread.append((written, number))
    assert len(unread) <= UNREAD_MOST, unread


@pytest.mark.parametrize("language", LANGUAGES)
@given(number=st.integers(0, LARGEST))
def test_a_whole_number_is_read_back_in_every_language(language: str, number: int) -> None:
    """With the language's own groups: of three, Indian, with points, commas, apostrophes or narrow spaces."""
    locale = Locale.parse(language, sep="-")
    for system in {"latn", SYSTEMS.get(language, "latn")}:
        written = format_decimal(number, locale=locale, numbering_system=system)
        assert one_amount(written, notation_of(language)) == Amount(number, shortened=False)


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("1,2 Mio. Follower", "de", 1_200_000),
        ("38,2 B Takipçi", "tr", 38_200),
        ("팔로워 4.7만명", "ko", 47_000),
        ("14 조회수", "ko", 14),
        ("٣٨٫٢ ألف متابع", "ar-x-fm", 38_200),
        ("12,34,567 फ़ॉलोअर", "hi", 1_234_567),
        ("１，２３４ フォロワー", "ja", 1234),
        ("1\u202f234 abonnés", "fr", 1234),
        ("\u200f۱٬۲۳۴ دنبال‌کننده", "fa", 1234),
        ("2.5萬 位跟隨者", "zh-TW", 25_000),
        ("12 Folge ich", "de", 12),
        ("1.234.567 Follower", "en", 1_234_567),
        ("38.2K", "xx", 38_200),
        ("4.7万フォロワー", "", 47_000),
        ("553 Mi piace", "it", 553),
        ("1.2 लाख फ़ॉलोअर", "hi", 120_000),
        ("45.6 हज़ार फ़ॉलोअर्स", "hi", 45_600),
        ("१२,३४,५६७ फ़ॉलोअर", "hi", 1_234_567),
        ("৪.৭ লাখ অনুসরণকারী", "bn", 470_000),
        ("۴٫۷ هزار دنبال‌کننده", "fa", 4_700),
        ("38,2 tys. Obserwujących", "pl", 38_200),
        ("38,2\u00a0тыс. читателей", "ru", 38_200),
        ("1.2억 팔로워", "ko", 120_000_000),
        ("12’345’678 Follower", "de-CH", 12_345_678),
        ("38,2\u202fk abonnés", "fr", 38_200),
        ("1,2 M d’abonnés", "fr", 1_200_000),
        ("1,2 mi de seguidores", "pt-BR", 1_200_000),
        ("38,2 rb Pengikut", "id", 38_200),
        ("38,2 N Người theo dõi", "vi", 38_200),
        ("1.2แสน ผู้ติดตาม", "th", 120_000),
        ("38,2 E követő", "hu", 38_200),
        ("1.2m Followers", "en-gb", 1_200_000),
        ("38,2 Tsd. Follower", "de", 38_200),
        ("3千 关注者", "zh-Hans", 3_000),
        ("3千人のフォロワー", "ja", 3_000),
        ("3千万 フォロワー", "ja", 30_000_000),
        ("1.2千萬 位跟隨者", "zh-Hant", 12_000_000),
        ("팔로워 3백만명", "ko", 3_000_000),
        ("1.2億 位跟隨者", "zh-Hant", 120_000_000),
        ("45 हजार फ़ॉलोअर", "hi", 45_000),
        ("1.2 lakh Followers", "en", 120_000),
        ("1.2Cr Followers", "en-IN", 12_000_000),
        ("38,2 mil seguidores", "gl", 38_200),
        ("1,2 Mn Takipçi", "tr", 1_200_000),
        ("12 345 sledujících", "cs", 12_345),
        ("1,2 mil. sledujících", "cs", 1_200_000),
        ("38,2 tn följare", "sv", 38_200),
        ("١٢٬٣٤٥ متابعًا", "ar", 12_345),
        ("٣ آلاف متابع", "ar", 3_000),
    ],
)
def test_a_number_is_read_among_its_words(text: str, language: str, number: int) -> None:
    """As pages have them: noun before or after, marks of direction, a name of the language that is X's own."""
    assert _read(text, language) == number


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("1.234 Follower", ""),
        ("1.234 Follower", "en"),
        ("38,2 mil Seguidores", "en"),
        ("38 Tsd Follower", "es"),
        ("3千 Follower", "de"),
        ("3百人", "ja"),
        ("4만 7천명", "ko"),
        ("1亿2千万 关注者", "zh"),
        ("4万 followers", "en"),
        ("1.2B", "xx"),
        ("1亿2345万", "zh"),
        ("20+ posts", "en"),
        ("1.2M+ Followers", "en"),
        ("1,5 Follower", "de"),
        (".5K", "en"),
        ("-5", "en"),
        ("38k", "de"),
        ("1,23 posts", "en"),
        ("1,2345", "en"),
        ("007", "en"),
        ("½ K", "en"),
        ("99 billones", "es"),
        ("5² Followers", "en"),
        ("5₂ Followers", "en"),
        ("① Followers", "en"),
        ("12½ Followers", "en"),
        ("38,2 m seguidors", "ca"),
        ("38,2m seguidores", "es"),
        ("38,2 d. Volgers", "nl"),
    ],
)
def test_a_number_that_may_be_another_is_none(text: str, language: str) -> None:
    """A guess would be stored as a fact."""
    assert _read(text, language) is None


def test_each_number_of_a_text_is_judged_by_itself() -> None:
    """One that cannot be read does not take the others with it."""
    assert amounts("3 of 1.5 and 12 Replies", notation_of("en")) == [Amount(3, False), None, Amount(12, False)]  # noqa: FBT003
