"""The sentences this server writes from, read from ``grammar/*.toml``.

One file a topic, ``_generic.toml`` for every other topic, ``_languages.toml`` for other languages.
"""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

_FILES = files("xbot_assets.sandbox.llm").joinpath("grammar")
_WORD = re.compile(r"[a-z]+")
Sentences = Mapping[str, Any]
"""Pools of sentences by name: facts, tips, questions and so on; ``lists`` pairs titles with items that suit them."""


@cache
def generic() -> dict[str, Any]:
    """Return the sentences for any topic, with ``{s}`` for its subject, and the openers and closers by tone."""
    return _read("_generic.toml")


@cache
def languages() -> dict[str, dict[str, list[str]]]:
    """Return whole posts by language code and format, with ``{t}`` for the topic."""
    return _read("_languages.toml")


@cache
def topics() -> dict[str, Sentences]:
    """Return the sentences of each known topic by the name of its file."""
    names = [entry.name for entry in _FILES.iterdir() if not entry.name.startswith("_")]
    return {name.removesuffix(".toml"): _read(name) for name in sorted(names) if name.endswith(".toml")}


@cache
def topic_sentences(topic: str) -> Sentences | None:
    """Return the sentences of the topic that shares most words with the one asked for, or None."""
    asked = set(_WORD.findall(topic.lower()))
    scored = {name: _shared(asked, name, pools["words"]) for name, pools in topics().items()}
    best = max(scored, key=lambda name: scored[name])
    return topics()[best] if scored[best] else None


def _shared(asked: set[str], name: str, words: list[str]) -> int:
    known = set(name.split("_")) | {part for phrase in words for part in phrase.split()}
    return len(asked & known)


def _read(name: str) -> dict[str, Any]:
    return tomllib.loads(_FILES.joinpath(name).read_text(encoding="utf-8"))
