"""Marks, texts and numbers of X's pages in any language, on small pages in a real browser."""
# ruff: noqa: RUF001 - the digits and marks of other scripts are what is tested

import pytest

from xbot_assets.browser.pages.profile import profile_of_page
from xbot_assets.browser.pages.states import PageState, recognise
from xbot_assets.x.answers import Counts, PostReading
from xbot_assets_tests.browser.conftest import Read
from xbot_assets_tests.browser.pages.small_pages import article, bar, cell, page, quote, text

PINS = ["M7 4.5C7 3.12 8.12 2 9.5 2h5z", "M13 21l-1 2-1-2v-5H4.5z"]
HIDDEN = '<span aria-hidden="true">{}</span>'


def _first(read: Read, inside: str, *, language: str = "en") -> PostReading:
    return read(page(inside, language=language)).readings()[0]


# --- numbers ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("language", "shown", "expected"),
    [
        ("es", ("334 Siguiendo", "38,2 mil Seguidores", "1.160 posts"), (334, 38_200, 1160)),
        ("de", ("12 Folge ich", "1.234 Follower", "25.300 Posts"), (12, 1234, 25_300)),
        ("ja", ("334 フォロー中", "4.7万 フォロワー", "2.5万 件のポスト"), (334, 47_000, 25_000)),
        ("fr", ("1\u202f234 abonnements", "1,2 M abonnés", "38,2 k posts"), (1234, 1_200_000, 38_200)),
        ("ar", ("٣٣٤ متابَع", "٣٨٫٢ ألف متابع", "١٬١٦٠ منشورًا"), (334, 38_200, 1160)),
        ("en", ("334 Following", "38,2 mil Seguidores", "many"), (334, None, None)),
    ],
)
def test_a_profile_s_numbers_are_read_in_the_page_s_language_or_absent(
    read: Read, *, language: str, shown: tuple[str, ...], expected: tuple[int | None, ...]
) -> None:
    """A number is a fact or it is not there."""
    html = page(
        f"""<h2>Ann</h2><div>{shown[2]}</div><div data-testid="UserName">Ann<span>@ann</span></div>
        <a href="/ann/following"><span>{shown[0]}</span></a><a href="/ann/verified_followers">{shown[1]}</a>""",
        language=language,
    )
    seen = read(html, "/ann")
    assert seen.profile is not None
    profile = profile_of_page("ann", seen.profile, seen.state.language)
    assert (profile.following, profile.followers, profile.posts) == expected


def test_a_post_without_a_readable_bar_has_no_counts(read: Read) -> None:
    """Not one button, or buttons without numbers: none of it is 0."""
    assert _first(read, article()).counts == Counts()
    assert _first(read, article(bar("viele", like="Gefällt mir")), language="de").counts == Counts()


def test_a_number_that_may_be_bookmarks_or_views_is_neither(read: Read) -> None:
    """The bookmark button has no number, and no link tells the views."""
    drawn = bar("14 reproducciones", reply="0 Respuestas", retweet="0 reposts", like="0 Me gusta", bookmark="Guardar")
    assert _first(read, article(drawn), language="es").counts == Counts(replies=0, reposts=0, likes=0)


def test_views_of_a_status_page_are_what_the_label_has_left(read: Read) -> None:
    """A focal post's bar has no link with the views."""
    buttons = {"reply": "48 回复", "retweet": "152 次转帖", "like": "553 喜欢", "bookmark": "9 书签"}
    drawn = bar("48 回复、152 次转帖、553 喜欢、9 书签、30142 次观看", **buttons)
    expected = Counts(replies=48, reposts=152, likes=553, bookmarks=9, views=30142)
    assert _first(read, article(drawn), language="zh").counts == expected


# --- texts ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["https://x.com/sample/status/123", "/sample/status/123", "https://t.co/abc"])
def test_a_link_to_a_post_is_not_doubled(read: Read, address: str) -> None:
    """The hidden piece of such a link holds the whole path, not the rest of it."""
    pieces = HIDDEN.format("https://") + "x.com/sample/s" + HIDDEN.format("/sample/status/123") + HIDDEN.format("…")
    written = f'<span>See </span><a href="{address}">{pieces}</a><span> now</span>'
    boxed = f"<span>{pieces}</span>"
    post = _first(read, article(text(written) + quote(text(boxed)) + bar()))
    assert post.text == "See https://x.com/sample/status/123 now"
    assert post.quoted[0].text == "https://x.com/sample/status/123"


def test_a_cut_link_to_elsewhere_is_whole_and_has_no_dots_of_x_s(read: Read) -> None:
    """The author's own dots stay."""
    pieces = HIDDEN.format("https://www.") + "example.org/a" + HIDDEN.format("/a/b") + HIDDEN.format("…")
    post = _first(read, article(text(f'well… <a href="https://t.co/abc">{pieces}</a>') + bar()))
    assert post.text == "well… https://www.example.org/a/a/b"


def test_a_translation_is_marked_and_is_not_the_author_s_text(read: Read) -> None:
    """Above a translation stands a button that shows the original; a quoted one has the words alone."""
    mark = "<div><span>翻譯自日文</span>{}</div>"
    button = '<button aria-label="顯示原文"><span>顯示原文</span></button>'
    whole = text("translated", lang="zh-hant", above=mark.format(button))
    boxed = quote(text("translated too", lang="zh-hant", above=mark.format("")))
    post = _first(read, article(whole + boxed + bar()))
    assert (post.text, post.lang, post.translated) == (None, None, True)
    assert [(box.text, box.translated) for box in post.quoted] == [(None, True)]


def test_what_stands_above_an_ordinary_text_makes_it_no_translation(read: Read) -> None:
    """A reply names whom it answers; a translatable text has its button below."""
    reply = '<div>Replying to <a href="/bob">@bob</a></div>'
    below = '<button type="button">Translate post</button>'
    post = _first(read, article(text("mine", above=reply) + below + quote(text("his", above=reply)) + bar()))
    assert (post.text, post.translated) == ("mine", False)
    assert [(box.text, box.translated) for box in post.quoted] == [("his", False)]


# --- marks ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("path", PINS)
def test_a_pin_is_known_by_its_icon_in_any_language(read: Read, path: str) -> None:
    """X has drawn it in more than one way."""
    mark = f'<svg><path d="{path}"></path></svg><div data-testid="socialContext">Angeheftet</div>'
    assert _first(read, article(bar(), above=mark), language="de").pinned
    assert not _first(read, article(bar(), above=mark.replace(path, "M7.471 21H.472")), language="de").pinned


def test_a_photo_whose_picture_has_not_loaded_is_a_photo(read: Read) -> None:
    """It is a link to the post's own photo. The quoted post's photos are not its own, and a player is none."""
    own = [f'<a href="/ann/status/1/photo/{n}"><div></div></a>' for n in (1, 2)]
    loaded = '<a href="/ann/status/1/photo/3"><div data-testid="tweetPhoto"><img alt=""></div></a>'
    loose = '<div data-testid="tweetPhoto"></div>'
    player = '<div data-testid="tweetPhoto"><div data-testid="videoPlayer"></div></div>'
    his = quote('<a href="/bob/status/9/photo/1"><div data-testid="tweetPhoto"></div></a>' + text("his"))
    post = _first(read, article("".join(own) + loaded + loose + player + his + bar()))
    assert (post.photos, post.videos) == (4, 1)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_an_ad_without_its_wrapper_is_an_ad(read: Read, language: str) -> None:
    """It has no time, and links that count what becomes of it; a post without its link has its time."""
    drawn = bar("7 views", analytics="7 views")
    card = '<a href="https://shop.example/?twclid=2">shop</a>'
    ad, carded, post = (
        article(drawn, timed=False, tail="<span>Ad</span>"),
        article(card + bar(), timed=False),
        article(drawn, number=2),
    )
    seen = read(page(ad + carded + post, language=language)).readings()
    assert [one.promoted for one in seen] == [True, True, False]
    assert seen[0].post_id == "1"


def test_a_repost_keeps_what_it_quotes(read: Read) -> None:
    """The reposted post's quote is part of what is shown."""
    mark = '<a href="/zed"><span data-testid="socialContext">Zed hat repostet</span></a>'
    post = _first(read, article(text("mine") + quote(text("his")) + bar(), above=mark), language="de")
    assert (post.reposted_by, [(box.handle, box.text) for box in post.quoted]) == ("zed", [("bob", "his")])


# --- lists ------------------------------------------------------------------------------------------------
FAILED = "<div><div><span>{}</span></div><button><div><svg></svg><span>{}</span></div></button></div>"


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("Etwas ist schiefgelaufen. Lade die Seite neu.", "Erneut versuchen"),
        ("問題が発生しました。再読み込みしてください。", "やりなおす"),
        ("حدث خطأ ما. حاول إعادة التحميل.", "إعادة المحاولة"),
    ],
)
def test_a_list_that_failed_is_known_by_its_structure(read: Read, line: str, word: str) -> None:
    """A line and a button, after whatever posts there are."""
    failed = FAILED.format(line, word)
    for inside in (f"<section>{failed}</section>", cell(article(bar())) + cell(failed)):
        assert recognise(read(page(inside)).state) is PageState.TIMELINE_FAILED


@pytest.mark.parametrize(
    "inside",
    [
        cell("<button>35 Posts anzeigen</button>") + cell(article(bar())),
        cell(FAILED.format("Neue Funktion", "Ansehen")) + cell(article(bar())),
        '<div data-testid="UserDescription">Über mich</div><button>Bio übersetzen</button>' + article(bar()),
        '<div data-testid="emptyState"><span>Achtung</span><button>Profil ansehen</button></div>',
        "<div><h2>Premium</h2><span>Mehr sehen</span><button>Abonnieren</button></div>",
        '<div><a href="/i/premium">Mehr</a><span>sehen</span><button>Abonnieren</button></div>',
        "<article><span>Weitere Antworten</span><button>Anzeigen</button></article>",
        "<nav><span>Reiter</span><button>Beliebt</button></nav>",
    ],
)
def test_other_buttons_beside_words_are_no_failed_list(read: Read, inside: str) -> None:
    """What a profile, a list and a conversation show in good order."""
    assert recognise(read(page(inside, language="de")).state) is PageState.READY


@pytest.mark.parametrize("words", ["Discover more", "Mehr entdecken", "もっと見つける"])
def test_what_follows_a_heading_above_posts_is_not_read(read: Read, words: str) -> None:
    """A heading above people does not end the list."""
    people = cell("<h2>Wem folgen?</h2>") + cell('<div data-testid="UserCell"></div>')
    posts = [cell(article(bar(), number=number)) for number in (1, 2, 3)]
    html = page(posts[0] + people + posts[1] + cell(f"<h2>{words}</h2>") + cell("") + posts[2])
    assert [post.post_id for post in read(html).posts] == ["1", "2"]
