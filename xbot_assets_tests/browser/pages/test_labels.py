"""Counts from labels: omission means zero, views may be hidden, and other languages are read from the buttons."""
# ruff: noqa: RUF001 - the digits and marks of other scripts are what is tested

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xbot_assets.browser.pages.labels import counts_of, shown_number
from xbot_assets.x.answers import Counts

NOTHING: dict[str, str | None] = dict.fromkeys(("replies", "reposts", "likes", "bookmarks", "views"))
ZEROS = NOTHING | {"replies": "0 Replies. Reply", "reposts": "0 reposts. Repost", "likes": "0 Likes. Like"}
"""The buttons of a post that nobody has touched, in a list: the one for bookmarks has no number."""
WORDS = {"replies": ("reply", "replies"), "reposts": ("repost", "reposts"), "likes": ("like", "likes")}
MORE_WORDS = {"bookmarks": ("bookmark", "bookmarks"), "views": ("view", "views")}


@given(
    st.fixed_dictionaries(dict.fromkeys([*WORDS, *MORE_WORDS], st.integers(0, 10**9))),
    st.booleans(),
)
def test_a_label_that_drops_zero_items_gives_back_every_count(numbers: dict[str, int], liked: bool) -> None:  # noqa: FBT001
    """Whatever X leaves out is zero, except views, where it means not shown."""
    parts = []
    for name, (singular, plural) in (WORDS | MORE_WORDS).items():
        if numbers[name]:
            parts.append(f"{numbers[name]} {singular if numbers[name] == 1 else plural}")
        if name == "likes" and liked:
            parts.append("Liked")
    expected = Counts(**(numbers | {"views": numbers["views"] or None}))
    assert counts_of(", ".join(parts), ZEROS) == expected


def test_an_empty_label_means_zero_and_views_not_shown() -> None:
    """A post that nobody has touched has an empty label, and buttons that say 0."""
    assert counts_of("", ZEROS | {"bookmarks": "Bookmark"}) == Counts(replies=0, reposts=0, likes=0, bookmarks=0)


def test_a_post_without_a_readable_bar_has_no_counts() -> None:
    """Nothing that can be read is not zero."""
    assert counts_of("", NOTHING) == Counts()
    assert counts_of("many, more", NOTHING | {"likes": "Like"}) == Counts()


def test_a_japanese_label_is_read_from_the_buttons() -> None:
    """Each button starts with its number; the bookmark number is what the label has left over."""
    buttons = {
        "replies": "15 件の返信。返信する",
        "reposts": "1,003 件のリポスト。リポストする",
        "likes": "0 件のいいね。いいねする",
        "bookmarks": "ブックマーク",
        "views": "89562 件の表示。ポストアナリティクスを表示",
    }
    label = "15 件の返信、1003 件のリポスト、729 件のブックマーク、89562 件の表示"
    expected = Counts(replies=15, reposts=1003, likes=0, bookmarks=729, views=89562)
    assert counts_of(label, buttons, language="ja") == expected


def test_a_german_label_without_bookmarks_gives_zero_bookmarks() -> None:
    """When the buttons account for every number of the label, nothing is left for bookmarks."""
    buttons = {
        "replies": "2 Antworten. Antworten",
        "reposts": "0 Reposts. Reposten",
        "likes": "2 „Gefällt mir“",
        "views": None,
    }
    expected = Counts(replies=2, reposts=0, likes=2, bookmarks=0, views=None)
    assert counts_of("2 Antworten, 2 „Gefällt mir“-Angaben", buttons) == expected


def _buttons(*texts: str | None) -> dict[str, str | None]:
    return dict(zip(NOTHING, (*texts, *[None] * (len(NOTHING) - len(texts))), strict=True))


CHINESE = _buttons("48 回复。回复", "152 次转帖。转帖", "553 喜欢次数。喜欢", "9 书签。书签")
TAIWANESE = _buttons("0 則回覆。回覆", "45 次轉發。轉發", "958 個喜歡。喜歡", "書籤", "25633 次查看。查看貼文分析")
SPANISH = _buttons("0 Respuestas. Responder", "0 reposts. Repostear", "0 Me gusta. Me gusta", "Guardar")


@pytest.mark.parametrize(
    ("label", "buttons", "expected"),
    [
        ("48 回复、152 次转帖、553 喜欢、9 书签、30142 次观看", CHINESE, (48, 152, 553, 9, 30142)),
        ("45 次轉發、958 個喜歡、192 個書籤、25633 次觀看", TAIWANESE, (0, 45, 958, 192, 25633)),
        ("14 reproducciones", SPANISH, (0, 0, 0, None, None)),
        ("14 reproducciones", SPANISH | {"bookmarks": "0 Guardados. Guardar"}, (0, 0, 0, 0, 14)),
        ("14 reproducciones", SPANISH | {"views": "14 reproducciones. Ver estadísticas"}, (0, 0, 0, 0, 14)),
        ("3 elementos guardados, 14 reproducciones", SPANISH, (0, 0, 0, None, None)),
        ("1,2 mil reproducciones", SPANISH | {"bookmarks": "0 Guardados"}, (0, 0, 0, 0, None)),
        ("dos guardados, 14 reproducciones", SPANISH | {"views": "14 reproducciones"}, (0, 0, 0, None, 14)),
        ("5 respuestas, 14 reproducciones", SPANISH | {"replies": "dos respuestas"}, (None, 0, 0, None, None)),
        ("9 y 14 reproducciones", SPANISH | {"bookmarks": "9 Guardados"}, (0, 0, 0, 9, 14)),
        ("7 respuestas", SPANISH | {"replies": "5 respuestas"}, (5, 0, 0, None, None)),
        ("٤٥ ردًا، ١٬٢٣٤ مشاهدة", _buttons("٤٥ ردًا. رد", "٠ رد", "٠ رد", "٠ رد"), (45, 0, 0, 0, 1234)),
        ("1,234 likes, 5,000 views", ZEROS, (0, 0, 1234, 0, 5000)),
    ],
)
def test_views_are_what_a_label_has_left_when_all_others_are_accounted_for(
    label: str, buttons: dict[str, str | None], expected: tuple[int | None, ...]
) -> None:
    """One number that may be bookmarks or views is neither; a number that is not written whole is none."""
    assert counts_of(label, buttons, language="es") == Counts(**dict(zip(NOTHING, expected, strict=True)))


def test_what_the_viewer_did_is_an_item_of_the_label_without_a_number() -> None:
    """Any other item without a number may be a number in words, so that nothing can be left over."""
    buttons = SPANISH | {"likes": "1 Me gusta. Te gusta", "views": "14 reproducciones"}
    label = "1 Me gusta, Te gusta, 14 reproducciones"
    assert counts_of(label, buttons, viewer_words=1).bookmarks == 0
    assert counts_of(label, buttons).bookmarks is None


@pytest.mark.parametrize(
    ("text", "language", "number"),
    [
        ("182.6K Followers", "en", 182_600),
        ("334 Following", "en", 334),
        ("1,160 posts", "en", 1160),
        ("84M Followers", "en", 84_000_000),
        ("38,2 mil Seguidores", "es", 38_200),
        ("1.234 Follower", "de", 1234),
        ("4.7万 フォロワー", "ja", 47_000),
        ("1,2 M abonnés", "fr", 1_200_000),
        ("Followers", "en", None),
        (None, "en", None),
    ],
)
def test_a_profile_s_number_is_read_in_the_page_s_language(text: str | None, language: str, number: int | None) -> None:
    """Profiles show rounded numbers; they are only the fallback. No number must not become zero."""
    assert shown_number(text, language) == number


LABELS = {
    "ar": ("{} من الردود", "{} من إعادات النشر", "{} من الإعجابات", "{} من الإشارات المرجعية", "٣٠١٤٢ من المشاهدات"),
    "bn": ("{}টি উত্তর", "{}টি রিপোস্ট", "{}টি লাইক", "{}টি বুকমার্ক", "৩০১৪২টি ভিউ"),
    "cs": ("{} odpovědí", "{} přeposlání", "{} lajků", "{} záložek", "30 142 zobrazení"),
    "de": ("{} Antworten", "{} Reposts", "{} „Gefällt mir“-Angaben", "{} Lesezeichen", "30.142 Mal angezeigt"),
    "es": ("{} respuestas", "{} reposts", "{} Me gusta", "{} elementos guardados", "30142 reproducciones"),
    "fa": ("{} پاسخ", "{} بازنشر", "{} پسند", "{} نشانک", "۳۰۱۴۲ بازدید"),
    "fil": ("{} na reply", "{} na repost", "{} na like", "{} na bookmark", "30142 na view"),
    "fr": ("{} réponses", "{} reposts", "{} J’aime", "{} signets", "30\u202f142 vues"),
    "he": ("{} תגובות", "{} שיתופים", "{} לייקים", "{} סימניות", "30142 צפיות"),
    "hi": ("{} जवाब", "{} रीपोस्ट", "{} पसंद", "{} बुकमार्क", "30,142 व्यू"),
    "it": ("{} risposte", "{} repost", "{} Mi piace", "{} segnalibri", "30142 visualizzazioni"),
    "ja": ("{} 件の返信", "{} 件のリポスト", "{} 件のいいね", "{} 件のブックマーク", "30142 件の表示"),
    "ko": ("답글 {}개", "재게시 {}회", "마음에 들어요 {}회", "북마크 {}개", "조회수 30142회"),
    "pl": ("{} odpowiedzi", "{} podania dalej", "{} polubienia", "{} zakładek", "30 142 wyświetlenia"),
    "ro": ("{} de răspunsuri", "{} de repostări", "{} de aprecieri", "{} marcaje", "30142 de vizualizări"),
    "ru": ("{} ответов", "{} репоста", "{} отметки «Нравится»", "{} закладок", "30142 просмотра"),
    "sv": ("{} svar", "{} återpubliceringar", "{} gilla-markeringar", "{} bokmärken", "30 142 visningar"),
    "th": ("การตอบกลับ {} รายการ", "รีโพสต์ {} ครั้ง", "ชอบ {} ครั้ง", "บุ๊กมาร์ก {} รายการ", "การดู 30142 ครั้ง"),
    "tr": ("{} yanıt", "{} yeniden gönderi", "{} beğeni", "{} yer işareti", "30142 görüntülenme"),
    "uk": ("{} відповідей", "{} репости", "{} вподобання", "{} закладок", "30142 перегляди"),
    "vi": ("{} phản hồi", "{} lượt đăng lại", "{} lượt thích", "{} dấu trang", "30142 lượt xem"),
    "zh-Hant": ("{} 則回覆", "{} 次轉發", "{} 個喜歡", "{} 個書籤", "30142 次觀看"),
}
"""What is counted, in words that stand before and after its number; a page's last item has the views."""


@pytest.mark.parametrize("language", LABELS)
@pytest.mark.parametrize("joiner", [", ", "、", "، "])
def test_the_views_of_a_status_page_are_read_in_every_language(language: str, joiner: str) -> None:
    """No button has them: they are what the label's numbers leave over."""
    numbers = (48, 152, 553, 9)
    *items, views = LABELS[language]
    counted = [item.format(number) for item, number in zip(items, numbers, strict=True)]
    expected = Counts(**dict(zip(NOTHING, (*numbers, 30142), strict=True)))
    assert counts_of(joiner.join([*counted, views]), _buttons(*counted), language=language) == expected
