"""Uploaded images: begun, filled piece by piece, finished, described, and forgotten when no post takes them.

X's limits and refusals are here. A GIF is kept and shown as a still photo.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus

from xbot_assets.sandbox.people.posts import Account
from xbot_assets.sandbox.site import Site
from xbot_assets.sandbox.state.clock import real_now, stamp
from xbot_assets.sandbox.state.snowflake import snowflake

IMAGES_MAX = 4
"""Images in one post."""
IMAGE_BYTES_MAX, GIF_BYTES_MAX = 5_000_000, 15_000_000
"""Size of one image and of one GIF, as X's upload rules have it."""
GIF = "image/gif"
ALT_MAX = 1_000
"""Characters of an alternative text, in halves of UTF-16."""
LIFE = timedelta(hours=24)
"""An upload that no post has taken by then is forgotten, as X says with ``expires_after_secs``."""
UNUSED_MAX = 40
"""Uploads one account may have lying about; the oldest go. X has no such number: it keeps the sandbox's file small."""
INVALID = 324
"""X's code for media that cannot be used."""
BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}
"""The types X takes, and how their files begin."""


class UploadRefusedError(Exception):
    """X refuses an upload, or a step of one; ``status`` is what it answers."""

    def __init__(self, reason: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(reason)
        self.status = status


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload. ``wait_seconds`` is how long it is still processed: real time, zero when it is ready."""

    id: str
    content_type: str
    total_bytes: int
    body: bytes
    finished: bool
    wait_seconds: float
    sha256: str
    alt: str


class Uploads:
    """The uploads of a site's accounts."""

    def __init__(self, site: Site) -> None:
        self._site, self._db = site, site.database

    def begin(self, account: Account, content_type: str, total_bytes: int) -> str:
        """Announce an image and return its id.

        Raises:
            UploadRefusedError: for a type or a size that X does not take.
        """
        if content_type not in BEGINNINGS:
            raise UploadRefusedError("media type unrecognized.")
        most = GIF_BYTES_MAX if content_type == GIF else IMAGE_BYTES_MAX
        if not 0 < total_bytes <= most:
            raise UploadRefusedError(f"File size exceeds {most} bytes.")
        self._forget(account)
        media_id = self._free_id()
        sql = "insert into uploads (id, account_id, content_type, total_bytes, created_at) values (?, ?, ?, ?, ?)"
        self._db.run(sql, (media_id, account.id, content_type, total_bytes, stamp(self._site.now())))
        return media_id

    def append(self, account: Account, media_id: str, piece: bytes) -> None:
        """Add the next piece of an image.

        Raises:
            UploadRefusedError: for an unknown or finished upload, and for more than was announced.
        """
        upload = self._open(account, media_id)
        if len(upload.body) + len(piece) > upload.total_bytes:
            raise UploadRefusedError("Segments exceed the announced size.")
        self._db.run("update uploads set body = ? where id = ?", (upload.body + piece, media_id))

    def finish(self, account: Account, media_id: str) -> Upload:
        """Take an image whose pieces have all come.

        Raises:
            UploadRefusedError: when bytes are missing or are not the announced type.
        """
        upload = self._open(account, media_id)
        if len(upload.body) != upload.total_bytes or not upload.body.startswith(BEGINNINGS[upload.content_type]):
            raise UploadRefusedError("Failed to finalize the media upload.")
        ready = real_now().timestamp() + self._site.faults.number("media_slow_seconds")
        digest = hashlib.sha256(upload.body).hexdigest()
        with self._db.transaction():
            sql = "insert into media (id, account_id, content_type, body) values (?, ?, ?, ?)"
            self._db.run(sql, (media_id, account.id, upload.content_type, upload.body))
            sql = "update uploads set body = x'', ready_at = ?, sha256 = ? where id = ?"
            self._db.run(sql, (ready, digest, media_id))
        return self.find(account, media_id)

    def describe(self, account: Account, media_id: str, text: str) -> None:
        """Give an image its alternative text.

        Raises:
            UploadRefusedError: for an unknown upload or a text that is too long.
        """
        self.find(account, media_id)
        if len(text.encode("utf-16-le")) > 2 * ALT_MAX:
            raise UploadRefusedError("The alt text is too long.")
        self._db.run("update uploads set alt = ? where id = ?", (text, media_id))

    def find(self, account: Account, media_id: str) -> Upload:
        """Return an account's upload.

        Raises:
            UploadRefusedError: when there is none, or its day is over.
        """
        row = self._db.one(
            "select * from uploads where id = ? and account_id = ? and created_at > ?",
            (media_id, account.id, stamp(self._site.now() - LIFE)),
        )
        if row is None:
            raise UploadRefusedError("Invalid mediaId.")
        names = ("id", "content_type", "total_bytes", "body", "sha256", "alt")
        wait = max(0.0, (row["ready_at"] or 0.0) - real_now().timestamp())
        return Upload(**{name: row[name] for name in names}, finished=row["ready_at"] is not None, wait_seconds=wait)

    def is_gif(self, account: Account, media_id: str) -> bool:
        """Say whether an upload is a GIF. Raises as :meth:`find`."""
        return self.find(account, media_id).content_type == GIF

    def ready(self, account: Account, media_id: str) -> bool:
        """Say whether a post may show this image."""
        try:
            upload = self.find(account, media_id)
        except UploadRefusedError:
            return False
        return upload.finished and not upload.wait_seconds

    def take(self, account: Account, media_id: str) -> dict[str, str]:
        """Return how a post keeps an image, and keep the image for good."""
        upload = self.find(account, media_id)
        self._db.run("update uploads set used = 1 where id = ?", (media_id,))
        return {"kind": "photo", "id": media_id, "alt": upload.alt, "sha256": upload.sha256}

    def _open(self, account: Account, media_id: str) -> Upload:
        upload = self.find(account, media_id)
        if upload.finished:
            raise UploadRefusedError("The upload is already finalized.")
        return upload

    def _forget(self, account: Account) -> None:
        old = "select id from uploads where account_id = ? and used = 0 and (created_at <= ? or id not in ({newest}))"
        newest = "select id from uploads where account_id = ? and used = 0 order by id desc limit ?"
        args = (account.id, stamp(self._site.now() - LIFE), account.id, UNUSED_MAX - 1)
        with self._db.transaction():
            for row in self._db.all(old.format(newest=newest), args):
                self._db.run("delete from media where id = ?", (row["id"],))
                self._db.run("delete from uploads where id = ?", (row["id"],))

    def _free_id(self) -> str:
        candidate = snowflake(self._site.now())
        while self._db.one("select 1 from uploads where id = ?", (str(candidate),)):
            candidate += 1
        return str(candidate)
