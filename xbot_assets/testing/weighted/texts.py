"""Texts that are hard to count: every kind of link beside every kind of neighbour, emoji, and many scripts."""

import random
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from itertools import product

PIECES_MIN, PIECES_MAX = 2, 9
TABLE_SEED, TABLE_TEXTS = 31, 400


def hard_texts(seed: int, drawn: int) -> Iterator[str]:
    """Yield every link before and after every neighbour, then texts of several pieces drawn at random."""
    links, neighbours = pieces()
    for link, neighbour in product(links, neighbours):
        yield neighbour + link
        yield link + neighbour
    yield from drawn_texts(seed, drawn)


def drawn_texts(seed: int, drawn: int) -> Iterator[str]:
    """Yield texts of several pieces drawn at random, a third of them links."""
    links, neighbours = pieces()
    draw = random.Random(seed)  # noqa: S311 - for variety, not for secrets
    for _ in range(drawn):
        kinds = (draw.choice((links, neighbours, neighbours)) for _ in range(draw.randint(PIECES_MIN, PIECES_MAX)))
        yield "".join(draw.choice(kind) for kind in kinds)


def pieces() -> tuple[list[str], list[str]]:
    """Return the links, and what may stand beside one: white space, scripts, emoji old and new, punctuation."""
    kept = tomllib.loads(files(__package__).joinpath("texts.toml").read_text("utf-8"))
    return kept["links"], kept["neighbours"]


def table_texts() -> Iterator[str]:
    """Yield the texts whose counts are kept as a table: each piece alone, each link in a sentence, and some drawn."""
    links, neighbours = pieces()
    yield from dict.fromkeys([*links, *neighbours])
    for number, link in enumerate(links):
        beside = neighbours[number % len(neighbours)]
        yield f"See {link} now"
        yield f"見て{link}です。{beside}"
        yield f"({link}), {beside}{link}{beside}"
    yield from drawn_texts(TABLE_SEED, TABLE_TEXTS)
