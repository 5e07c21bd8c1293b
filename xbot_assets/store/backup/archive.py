"""The file of a backup: private, whole or not there, and refused whole when a byte of it is not as it was written.

A tar file of the manifest, its checksum, and the parts that the manifest names with theirs; behind its end, a checksum
of all of it. The dump is compressed by ``pg_dump``; the rest is small.
"""

import hashlib
import io
import os
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

from pydantic import ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.regular_files import open_regular
from xbot_assets.store.backup.manifest import Manifest, Member

MANIFEST, CHECKSUM = "manifest.json", "manifest.sha256"
MANIFEST_BYTES_MAX = 4 * 1024 * 1024
"""Some hundred bytes for each table and migration."""
CHUNK = 1024 * 1024
SEAL_BYTES = 64
"""A SHA-256 in hexadecimal."""
PRIVATE = 0o600


def member_of(path: Path) -> Member:
    """Return the size and checksum of a file that goes into a backup."""
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Member(bytes=path.stat().st_size, sha256=digest)


def write_archive(target: Path, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    """Write a backup for its owner only; until it is whole there is no file of that name.

    Raises:
        OSError: it cannot be written.
    """
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE)
        with os.fdopen(descriptor, "wb") as stream:
            _write(stream, manifest, parts)
        with fresh.open("r+b") as stream:
            stream.write(_seal(stream, fresh.stat().st_size))
            stream.flush()
            os.fsync(stream.fileno())
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _write(stream: BinaryIO, manifest: Manifest, parts: Mapping[str, Path]) -> None:
    text = manifest.model_dump_json(indent=1).encode()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
        _add_bytes(archive, MANIFEST, text)
        _add_bytes(archive, CHECKSUM, hashlib.sha256(text).hexdigest().encode())
        for name in manifest.members:
            entry = _entry(name, parts[name].stat().st_size)
            with parts[name].open("rb") as part:
                archive.addfile(entry, part)


def _seal(stream: BinaryIO, length: int) -> bytes:
    """Return the checksum of the next bytes of a file."""
    digest = hashlib.sha256()
    while length > 0 and (chunk := stream.read(min(CHUNK, length))):
        digest.update(chunk)
        length -= len(chunk)
    return digest.hexdigest().encode()


def _refuse_changed(path: Path) -> None:
    """Refuse a file of which any byte is not as it was written, before anything in it is believed."""
    with open_regular(path) as stream:
        sealed = os.fstat(stream.fileno()).st_size - SEAL_BYTES
        if _seal(stream, sealed) != stream.read():
            raise damaged(path, "it is cut, changed, or no backup of this program")


def _add_bytes(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    archive.addfile(_entry(name, len(content)), io.BytesIO(content))


def _entry(name: str, size: int) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, PRIVATE
    return entry


@contextmanager
def opened_archive(path: Path, scratch: Path) -> Iterator[tuple[Manifest, dict[str, Path]]]:
    """Unpack a backup into a private directory below ``scratch``, check every byte, and give it away for a block.

    Raises:
        PermanentFailure: ``no_backup`` when there is no such file, ``backup_damaged`` for anything else that is not
            exactly as it was written.
    """
    with TemporaryDirectory(prefix=".backup-", dir=scratch) as directory:
        with _readable(path) as archive:
            _refuse_changed(path)
            manifest = _manifest(path, archive)
            parts = {name: _unpack(path, archive, name, manifest, Path(directory)) for name in manifest.members}
            if archive.next() is not None:
                raise damaged(path, "there is more in it than it says")
        yield manifest, parts


@contextmanager
def _readable(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with open_regular(path) as stream, tarfile.open(fileobj=stream, mode="r:") as archive:
            yield archive
    except FileNotFoundError as error:
        raise PermanentFailure(f"There is no backup {path}.", code=FailureCode.NO_BACKUP) from error
    except (tarfile.TarError, EOFError, ValueError) as error:
        raise damaged(path, "it is cut, or no backup of this program") from error
    except OSError as error:
        raise damaged(path, str(error.strerror or "it cannot be read").lower()) from error


def _manifest(path: Path, archive: tarfile.TarFile) -> Manifest:
    text, checksum = _small(path, archive, MANIFEST), _small(path, archive, CHECKSUM)
    if hashlib.sha256(text).hexdigest().encode() != checksum:
        raise damaged(path, "its list of contents has changed")
    try:
        return Manifest.model_validate_json(text)
    except ValidationError as error:
        raise damaged(path, "a version of this program wrote it that is not known here") from error


def _small(path: Path, archive: tarfile.TarFile, name: str) -> bytes:
    entry = _next(path, archive, name)
    stream = archive.extractfile(entry)
    if stream is None or entry.size > MANIFEST_BYTES_MAX:
        raise damaged(path, f"its {name} is none")
    return stream.read()


def _unpack(path: Path, archive: tarfile.TarFile, name: str, manifest: Manifest, directory: Path) -> Path:
    entry, wanted = _next(path, archive, name), manifest.members[name]
    stream, target, digest = archive.extractfile(entry), directory / name, hashlib.sha256()
    if stream is None or entry.size != wanted.bytes or Path(name).name != name:
        raise damaged(path, f"its {name} has another size")
    with target.open("xb") as out:
        while chunk := stream.read(CHUNK):
            digest.update(chunk)
            out.write(chunk)
    if digest.hexdigest() != wanted.sha256:
        raise damaged(path, f"its {name} has changed")
    return target


def _next(path: Path, archive: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    entry = archive.next()
    if entry is None or entry.name != name or not entry.isreg():
        raise damaged(path, f"its {name} is missing")
    return entry


def damaged(path: Path, why: str) -> PermanentFailure:
    """Return the refusal of a backup, nothing of which was used."""
    return PermanentFailure(
        f"The backup {path.name} cannot be used: {why}. Nothing of it was used.", code=FailureCode.BACKUP_DAMAGED
    )
