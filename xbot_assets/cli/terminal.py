"""The one way out of the command line: nothing that is printed can steer the terminal.

Stored text may hold anything: a stranger wrote it, or a model. A terminal takes ESC and its kin for orders: to rename
its window, to overwrite what was printed, to write into the clipboard; marks of direction make text read otherwise than
it is. Lint lets no other module of this package print.
"""

import json
import re
import sys
from dataclasses import dataclass
from typing import Any

import typer

_ORDERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters but tab and line end, marks of direction, separators of lines, and halves of characters."""


@dataclass(frozen=True, slots=True)
class Styled:
    """Words in a colour or bold: the only thing that makes a terminal change its looks."""

    text: str
    colour: str | None = None
    bold: bool = False


Line = tuple[str | Styled, ...]


def echo(*pieces: object, err: bool = False) -> None:
    """Print one line, or several, from pieces that stand side by side."""
    typer.echo("".join(map(_shown, pieces)), err=err)  # noqa: TID251 - here


def print_json(document: Any) -> None:  # noqa: ANN401 - a document of any shape
    """Print one JSON document; times and the like as text, and what could steer the terminal as JSON's own escapes."""
    plain = (sys.stdout.encoding or "").lower() not in {"utf-8", "utf8"}
    text = json.dumps(document, indent=2, ensure_ascii=plain, default=str)
    typer.echo(_ORDERS.sub(lambda character: f"\\u{ord(character[0]):04x}", text))  # noqa: TID251 - here


def harmless(text: str) -> str:
    """Return the text with a replacement character for each that could steer the terminal."""
    return _ORDERS.sub("\N{REPLACEMENT CHARACTER}", text)


def _shown(piece: object) -> str:
    if isinstance(piece, Styled):
        return typer.style(harmless(piece.text), fg=piece.colour, bold=piece.bold or None)
    return harmless(str(piece))
