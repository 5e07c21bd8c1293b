"""Forms with files: what a browser sends is read whole, and everything else is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.exceptions import HTTPException

from xbot_assets.door.uploads import PARTS_MAX, UploadedFile, parsed

LINE = b"\r\n"


def body_of(*parts: tuple[str, bytes], boundary: bytes = b"b") -> bytes:
    """Write a form as browsers do; a part is what follows its disposition's kind, and its content."""
    written = b"".join(
        b"--" + boundary + LINE + f"Content-Disposition: form-data; {said}".encode() + LINE * 2 + content + LINE
        for said, content in parts
    )
    return written + b"--" + boundary + b"--" + LINE


@given(st.lists(st.binary(max_size=200).filter(lambda content: b"\r\n--bound" not in content), max_size=5))
def test_files_arrive_as_they_were_sent(contents: list[bytes]) -> None:
    """Whatever their bytes are, in order, the empty ones included."""
    parts = [(f'name="image"; filename="{number}.png"', content) for number, content in enumerate(contents)]
    form = parsed(body_of(*parts, boundary=b"bound"), b"bound")
    files = [UploadedFile(f"{number}.png", content) for number, content in enumerate(contents)]
    assert form.files.get("image", []) == files


def test_fields_keep_all_their_values_in_order() -> None:
    """Unicode in content and in a file's name; a field file that nothing was chosen for has no name."""
    form = parsed(
        body_of(
            ('name="text"', "Zwölf 🧅".encode()),
            ('name="text"', b"a\r\nb"),
            ('name="image"; filename=""', b""),
            ('name="image"; filename="böse.png"', b"-b"),
        ),
        b"b",
    )
    assert form.fields == {"text": ["Zwölf 🧅", "a\r\nb"]}
    assert form.files == {"image": [UploadedFile("", b""), UploadedFile("böse.png", b"-b")]}
    assert (form.first("text"), form.first("nothing")) == ("Zwölf 🧅", "")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--b",
        b"before" + body_of(('name="t"', b"x")),
        body_of(('name="t"', b"x"))[:-6],
        body_of(("filename=x", b"x")),
        body_of(('name="t"; filename="a', b"x")),
        body_of((f'name="t"{LINE.decode()}X: ' + "y" * 2000, b"x")),
        body_of(*[('name="t"', b"x")] * (PARTS_MAX + 1)),
        b"--b\r\n\r\nx\r\n--b--\r\n",
        b'--bb\r\nContent-Disposition: form-data; name="t"\r\n\r\nx\r\n--b--\r\n',
    ],
)
def test_what_is_not_whole_or_not_as_browsers_write_it_is_refused(body: bytes) -> None:
    """All of it: no field of a broken form is believed."""
    with pytest.raises(HTTPException) as refused:
        parsed(body, b"b")
    assert refused.value.status_code == 400
