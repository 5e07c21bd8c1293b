"""Importing what the account wrote before this system, so that it is not written again and is known when X shows it."""

import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.history.archive import (
    ACCOUNT_FILE,
    POST_FILE,
    ArchivedPost,
    bad_archive,
    owner_of,
    posts_of,
)
from xbot_assets.regular_files import open_regular, read_regular
from xbot_assets.steps.own_account import Account
from xbot_assets.store.metrics.history import import_posts, lock_history

BATCH = 500
"""Posts stored by one statement."""
SCRIPTS_BYTES_MAX = 1 << 30
"""Most that the files of an archive which matter may hold unpacked, together: a million posts with all that X says of
them; a bomb does not keep to it."""
_NO_ARCHIVE = (
    OSError, EOFError, ValueError, zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, lzma.LZMAError, struct.error,
    # A password, and an unknown compression.
    RuntimeError, NotImplementedError,
)  # fmt: skip
"""What zipfile raises for a file that is no zip, is cut, or was made to harm."""


@dataclass(frozen=True, slots=True)
class Import:
    """What an archive brought: posts that are new, posts known from an earlier import, and reposts, which are left."""

    added: int
    known: int
    reposts: int


@dataclass(frozen=True, slots=True)
class Archive:
    """A readable archive: its posts in order, ``None`` for each repost, and whose it is when it says so."""

    posts: tuple[ArchivedPost | None, ...]
    owner: str | None


def read_archive(path: Path) -> Archive:
    """Read X's zip, or one file of posts out of it, whole.

    Raises:
        PermanentFailure: ``bad_archive`` with the reason.
    """
    scripts = dict(_scripts(path))
    posts = [name for name in scripts if POST_FILE.fullmatch(name)]
    if not posts:
        raise bad_archive(f"there is no tweets.js in {path.name}")
    owners = [owner_of(script, name) for name, script in scripts.items() if ACCOUNT_FILE.fullmatch(name)]
    read = tuple(post for name in sorted(posts) for post in posts_of(scripts[name], name))
    return Archive(read, owners[0] if owners else None)


def import_archive(account: Account, archive: Archive, advanced: Callable[[int], None] = lambda _: None) -> Import:
    """Store an archive in one transaction: all of it or nothing. A second import of it adds nothing.

    ``advanced`` is told how many more posts are done.

    Raises:
        PermanentFailure: ``bad_archive`` when the archive is another account's.
    """
    if archive.owner is not None and not account.is_own(archive.owner):
        raise _anothers(archive.owner, account.handle)
    now, added, known = account.clock.now(), 0, 0
    own = [post for post in archive.posts if post is not None]
    with account.database.transaction() as transaction:
        lock_history(transaction)
        for some in _batches(own):
            count = import_posts(transaction, some, now)
            added, known = added + count.added, known + count.known
            advanced(len(some))
    return Import(added, known, len(archive.posts) - len(own))


def _batches(posts: list[ArchivedPost]) -> Iterator[list[ArchivedPost]]:
    return (posts[start : start + BATCH] for start in range(0, len(posts), BATCH))


def _scripts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the files that matter, by name."""
    try:
        if not path.is_file():
            raise bad_archive(f"{path} is no file")
        with open_regular(path) as stream:
            if not zipfile.is_zipfile(stream):
                yield path.name, _decoded(read_regular(path, SCRIPTS_BYTES_MAX), path.name)
                return
            with zipfile.ZipFile(stream) as archive:
                yield from _that_matter(archive)
    except _NO_ARCHIVE as error:
        raise bad_archive(f"{path.name} cannot be opened or is cut") from error


def _that_matter(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    entries = [
        entry
        for entry in archive.infolist()
        if POST_FILE.fullmatch(entry.filename) or ACCOUNT_FILE.fullmatch(entry.filename)
    ]
    # zipfile gives no more of an entry than its size, as told in the list, says.
    if sum(entry.file_size for entry in entries) > SCRIPTS_BYTES_MAX:
        raise bad_archive("it is larger than any that X makes")
    if len({entry.filename for entry in entries}) < len(entries):
        raise bad_archive("it holds two files of one name")
    for entry in entries:
        yield entry.filename, _decoded(archive.read(entry), entry.filename)


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise bad_archive(f"{name} is not text") from error


def _anothers(owner: str, handle: str) -> PermanentFailure:
    return PermanentFailure(
        f"This archive is of @{owner}, and this account is @{handle}. Nothing was imported.",
        code=FailureCode.BAD_ARCHIVE,
        remedy="Give the archive of this account, or set XBOT_HANDLE to the account that it is of.",
    )
