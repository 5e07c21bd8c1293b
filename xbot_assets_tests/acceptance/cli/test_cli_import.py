"""``xbot import`` with archives as X makes them, and with files that are none, on a real database."""

import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xbot_assets.cli.app import app
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.history.archive import TIME_FORMAT
from xbot_assets.steps.metrics import history
from xbot_assets.store.content.gates import judged_against
from xbot_assets.store.engine.database import Database
from xbot_assets.store.metrics.history import imported_x_ids

MANY = 10_000
HANDLE = "gardener"
YESTERDAY = datetime.now(UTC).replace(microsecond=0) - timedelta(days=1)
Import = Callable[[Path], Result]


@pytest.fixture
def run_import(tmp_path: Path, database_url: str) -> Import:
    """Run ``xbot import`` on a file."""
    environment = {
        "XBOT_HOME": str(tmp_path / ".xbot"),
        "XBOT_DATABASE_URL": database_url,
        "XBOT_HANDLE": HANDLE,
    }
    return lambda file: CliRunner().invoke(app, ["import", str(file)], env=environment)


def tweet(number: int, text: str, **more: object) -> dict[str, object]:
    """Return one post as an archive holds it: every number is written as text."""
    return {
        "id_str": str(10**18 + number),
        "id": str(10**18 + number),
        "full_text": text,
        "created_at": YESTERDAY.strftime(TIME_FORMAT),
        "favorite_count": "3",
        "retweet_count": "1",
        "lang": "en",
        "entities": {"urls": [], "hashtags": []},
        **more,
    }


def script(name: str, items: Sequence[Mapping[str, object]]) -> str:
    """Return a file of an archive."""
    return f"window.YTD.{name}.part0 = {json.dumps(items, indent=2)}"


def archive(place: Path, files: dict[str, str], owner: str = HANDLE) -> Path:
    """Return a zip as X sends it."""
    with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("data/account.js", script("account", [{"account": {"username": owner, "accountId": "1"}}]))
        packed.writestr("data/tweet-headers.js", "window.YTD.tweet_headers.part0 = []")
        for name, text in files.items():
            packed.writestr(name, text)
    return place


def refused(result: Result) -> str:
    """Return the sentence with which a command refused."""
    assert isinstance(result.exception, ProductError), result.output
    return result.exception.reason


def test_ten_thousand_posts_are_imported_and_a_second_time_change_nothing(
    database: Database, run_import: Import, tmp_path: Path
) -> None:
    """All in one transaction."""
    posts = [{"tweet": tweet(n, f"Post number {n}.")} for n in range(MANY)]
    file = archive(tmp_path / "twitter.zip", {"data/tweets.js": script("tweets", posts)})
    first = run_import(file)
    assert first.stdout == f"{MANY} posts are new, 0 were known; 0 reposts were left out.\n", first.exception
    again = run_import(file)
    assert again.stdout == f"0 posts are new, {MANY} were known; 0 reposts were left out.\n"
    assert len(imported_x_ids(database, [str(10**18 + number) for number in range(MANY)])) == MANY


def test_texts_are_as_the_author_wrote_them(database: Database, run_import: Import, tmp_path: Path) -> None:
    """Links in full, no HTML entities; reposts and answers are no texts to repeat. Old and split files are read."""
    linked = tweet(1, "Peas &amp; beans: https://t.co/abc")
    linked["entities"] = {"urls": [{"url": "https://t.co/abc", "expanded_url": "https://example.org/peas"}]}
    answer = tweet(3, "@b Yes.", in_reply_to_status_id_str="5")
    old_form = [linked, tweet(2, "RT @other: not mine"), answer]
    part = script("tweets", [{"tweet": tweet(4, "From the second part.")}])
    file = archive(tmp_path / "a.zip", {"data/tweet.js": script("tweet", old_form), "data/tweets-part1.js": part})
    assert run_import(file).stdout == "3 posts are new, 0 were known; 1 reposts were left out.\n"
    texts = judged_against(database, YESTERDAY - timedelta(days=1), with_pool=False)
    assert sorted(texts) == ["From the second part.", "Peas & beans: https://example.org/peas"]
    assert imported_x_ids(database, [str(10**18 + 3), "7"]) == {str(10**18 + 3)}


def test_one_file_out_of_an_archive_is_enough(run_import: Import, tmp_path: Path) -> None:
    """As from an archive that was unpacked."""
    file = tmp_path / "tweets.js"
    file.write_text(script("tweets", [{"tweet": tweet(1, "Alone.")}]), "utf-8")
    assert run_import(file).stdout.startswith("1 posts are new")


def test_what_is_no_archive_is_refused_whole_with_the_reason(
    database: Database, run_import: Import, tmp_path: Path
) -> None:
    """Nothing of it is stored, and no line of a traceback is shown."""
    good = {"tweet": tweet(1, "Good.")}
    bad_time = {"tweet": tweet(2, "Bad.", created_at="yesterday")}
    negative = {"tweet": tweet(2, "Bad.", favorite_count="-1")}
    whole = script("tweets", [good])
    cut = archive(tmp_path / "cut.zip", {"data/tweets.js": whole}).read_bytes()
    (tmp_path / "cut.zip").write_bytes(cut[: len(cut) // 2])
    (tmp_path / "noise.zip").write_bytes(bytes(range(256)) * 8)
    (tmp_path / "tweets.js").write_text('{"tweets": []}')
    for file, told in (
        (tmp_path / "missing.zip", "is no file"),
        (tmp_path, "is no file"),
        (tmp_path / "cut.zip", ""),
        (tmp_path / "noise.zip", "not text"),
        (tmp_path / "tweets.js", "does not begin with 'window.YTD'"),
        (archive(tmp_path / "empty.zip", {}), "there is no tweets.js"),
        (archive(tmp_path / "half.zip", {"data/tweets.js": whole[:-9]}), "cut or damaged"),
        (archive(tmp_path / "odd.zip", {"data/tweets.js": "window.YTD.tweets.part0 = [1]"}), "holds no list"),
        (archive(tmp_path / "time.zip", {"data/tweets.js": script("tweets", [good, bad_time])}), "post 2 of"),
        (archive(tmp_path / "minus.zip", {"data/tweets.js": script("tweets", [good, negative])}), "post 2 of"),
        (archive(tmp_path / "other.zip", {"data/tweets.js": whole}, owner="stranger"), "is of @stranger"),
    ):
        assert told in refused(run_import(file)), file
    assert judged_against(database, YESTERDAY - timedelta(days=1), with_pool=False) == []


TO_HARM: dict[str, dict[str, object]] = {
    "an empty link": {
        "full_text": "Good." * 900,
        "entities": {"urls": [{"url": "", "expanded_url": "https://example.org/" + "x" * 8_000}]},
    },
    "links that grow": {"full_text": "Go.", "entities": {"urls": [{"url": "o", "expanded_url": "o" * 8_000}] * 3}},
    "a count beyond all": {"favorite_count": "9" * 30},
    "a count of many digits": {"favorite_count": "9" * 5_000},
    "half a character": {"full_text": "\ud800"},
    "other digits": {"id_str": "\u0661\u0662"},
    "a NUL in a language": {"lang": "e\x00n"},
    "a NUL in an id": {"in_reply_to_status_id_str": "5\x00"},
    "a time beyond all time": {"created_at": "Fri Dec 31 23:59:59 -1400 9999"},
    "a text without an end": {"full_text": "x" * 300_000},
}


@pytest.mark.parametrize("harm", TO_HARM)
def test_a_post_that_was_made_to_harm_is_refused_with_the_whole_archive(
    database: Database, run_import: Import, tmp_path: Path, harm: str
) -> None:
    """An archive came by mail, or from who sold the account."""
    posts = [{"tweet": tweet(1, "Good.")}, {"tweet": tweet(2, "Good.") | TO_HARM[harm]}]
    file = archive(tmp_path / "a.zip", {"data/tweets.js": script("tweets", posts)})
    assert "post 2 of" in refused(run_import(file))
    assert judged_against(database, YESTERDAY - timedelta(days=1), with_pool=False) == []


def test_an_archive_that_was_made_to_harm_is_refused_before_it_is_unpacked(
    run_import: Import, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Many small bombs, two files of one name, and bytes that no compression makes."""
    whole = script("tweets", [{"tweet": tweet(1, "Post.")}] * 200)
    monkeypatch.setattr(history, "SCRIPTS_BYTES_MAX", 3 * len(whole))
    bombs = archive(tmp_path / "bombs.zip", {f"data/tweets-part{number}.js": whole for number in range(1, 5)})
    assert "larger than any that X makes" in refused(run_import(bombs))
    (tmp_path / "tweets.js").write_text(whole * 4)
    assert "cannot be opened" in refused(run_import(tmp_path / "tweets.js"))
    twice = tmp_path / "twice.zip"
    with zipfile.ZipFile(twice, "w") as packed:
        packed.writestr("data/tweets.js", whole)
        with pytest.warns(UserWarning, match="Duplicate name"):
            packed.writestr("data/tweets.js", whole)
    assert "two files of one name" in refused(run_import(twice))
    flipped = bytearray(archive(tmp_path / "flipped.zip", {"data/tweets.js": whole}).read_bytes())
    with zipfile.ZipFile(tmp_path / "flipped.zip") as packed:
        begin = packed.getinfo("data/tweets.js").header_offset + 60
    flipped[begin : begin + 30] = bytes(30)
    (tmp_path / "flipped.zip").write_bytes(flipped)
    assert "cannot be opened or is cut" in refused(run_import(tmp_path / "flipped.zip"))
