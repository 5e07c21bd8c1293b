"""Tables in Dagster's metadata, which its UI shows as Markdown: what strangers wrote stays the text of one cell."""

import pytest

from xbot_assets.defs.tables import table

ENDS_A_LINE = ("\n", "\r", "\r\n", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029")


@pytest.mark.parametrize("end", ENDS_A_LINE)
def test_no_text_ends_the_row_that_it_stands_in(end: str) -> None:
    """With another row, a heading, or a picture behind it."""
    told = str(table([{"who": "a", "text": f"Fine.{end}{end}# All is well{end}| b | forged |"}], ["who", "text"]).value)
    assert told.splitlines()[2:] == ["| a | Fine. # All is well \\| b \\| forged \\| |"]


@pytest.mark.parametrize(
    "text", ["[x](javascript:alert(1))", "![x](https://evil.example/)", "<b>x</b>", "`x`", "&lt;b&gt;", "~~x~~", "\\|"]
)
def test_marks_of_markdown_are_text(text: str) -> None:
    """Each is written so that it stands for itself."""
    cell = str(table([{"text": text}], ["text"]).value).splitlines()[2]
    for mark in set(text) & set("[]!<>`&~|"):
        assert cell[2:-2].replace(f"\\{mark}", "").count(mark) == 0, cell
