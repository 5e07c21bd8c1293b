"""Reads a persona file. Keep out: what a persona is (``domain/persona.py``)."""

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.persona import Persona

_SHIPPED = "persona.toml"


def load_persona(path: Path | None = None) -> Persona:
    """Read a persona; the shipped one when ``path`` is None.

    Raises:
        PermanentFailure: code ``bad_persona``; the reason lists every problem in the file.
    """
    shown = str(path) if path else f"the shipped {_SHIPPED}"
    try:
        text = path.read_text("utf-8") if path else files("xbot_assets.llm").joinpath(_SHIPPED).read_text("utf-8")
        return Persona.model_validate(tomllib.loads(text))
    except OSError as error:
        raise _bad(shown, [f"cannot be read: {error.strerror}"]) from error
    except UnicodeDecodeError as error:
        raise _bad(shown, ["is not UTF-8 text"]) from error
    except tomllib.TOMLDecodeError as error:
        raise _bad(shown, [f"is not TOML: {error}"]) from error
    except ValidationError as error:
        raise _bad(shown, list(_sentences(error))) from error


def _bad(shown: str, problems: list[str]) -> PermanentFailure:
    listed = "\n".join(f"  - {problem}" for problem in problems)
    return PermanentFailure(
        f"{len(problems)} problem(s) in {shown}:\n{listed}",
        code="bad_persona",
        remedy="\nCorrect the file XBOT_PERSONA_PATH names, or unset it to use the shipped persona.",
    )


def _sentences(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False):
        where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
        yield f"{where.lstrip('.')}: {item['msg'].removeprefix('Value error, ')}"
