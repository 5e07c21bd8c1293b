"""Forms with files (``multipart/form-data``), read whole and never written to a disk.

Browsers send nothing of the format but the plain case, so only that is read; anything else is refused whole.
"""

import re
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request

_BOUNDARY = re.compile(r"multipart/form-data;\s*boundary=\"?([A-Za-z0-9'()+_,./:=?-]{1,70})\"?\s*", re.IGNORECASE)
_NAMED = re.compile(
    r'form-data; name="(?P<name>[^"\r\n]{1,100})"(?:; filename="(?P<file>[^"\r\n]{0,255})")?', re.IGNORECASE
)
_DISPOSITION = "content-disposition:"
_BREAK = b"\r\n"
_HEADERS_BYTES = 1024
"""More than a browser writes before a part's content."""
PARTS_MAX = 100


@dataclass(frozen=True, slots=True)
class UploadedFile:
    """A file as it was sent. Its name is what the sender's computer calls it, and nothing to go by.

    A file field that nothing was chosen for sends one without a name and content.
    """

    name: str
    content: bytes


@dataclass(slots=True)
class UploadForm:
    """The fields of a form, each with all its values in order, and its files in order."""

    fields: dict[str, list[str]] = field(default_factory=dict)
    files: dict[str, list[UploadedFile]] = field(default_factory=dict)

    def first(self, name: str) -> str:
        """Return a field's first value; empty when it was not sent."""
        return self.fields.get(name, [""])[0]


async def upload_form(request: Request, bytes_max: int) -> UploadForm:
    """Read a form with files.

    Raises:
        HTTPException: 415 for another kind of request, 413 for a larger one, 400 for what is not whole.
    """
    kind = _BOUNDARY.fullmatch(request.headers.get("content-type", ""))
    if kind is None:
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Only forms with files are read here.")
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > bytes_max:
            raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The form is too large: make the images smaller.")
    return parsed(bytes(body), kind[1].encode())


def parsed(body: bytes, boundary: bytes) -> UploadForm:
    """Return what a body holds. Raises ``HTTPException`` 400 when it is not whole, or not as browsers write it."""
    # The first boundary has no line break before it; with one given, all of them look the same.
    first, *parts = (_BREAK + body).split(_BREAK + b"--" + boundary)
    if first or not parts or not parts[-1].startswith(b"--") or len(parts) > PARTS_MAX:
        raise _broken()
    form = UploadForm()
    for part in parts[:-1]:
        _add(form, part)
    return form


def _add(form: UploadForm, part: bytes) -> None:
    headers, separator, content = part.removeprefix(_BREAK).partition(_BREAK * 2)
    if not (separator and part.startswith(_BREAK)) or len(headers) > _HEADERS_BYTES:
        raise _broken()
    named = _named(headers.decode(errors="replace"))
    if named["file"] is None:
        form.fields.setdefault(named["name"], []).append(content.decode(errors="replace"))
    else:
        form.files.setdefault(named["name"], []).append(UploadedFile(named["file"], content))


def _named(headers: str) -> re.Match[str]:
    for line in headers.split("\r\n"):
        if line.lower().startswith(_DISPOSITION):
            named = _NAMED.fullmatch(line[len(_DISPOSITION) :].strip())
            if named is not None:
                return named
    raise _broken()


def _broken() -> HTTPException:
    return HTTPException(HTTPStatus.BAD_REQUEST, "The form did not arrive whole.")
