"""Reads the shipped catalogue."""

import tomllib
from importlib.resources import files

from pydantic import ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.replay.model.catalogue import Catalogue

_SHIPPED = "catalogue.toml"


def load_catalogue(text: str | None = None) -> Catalogue:
    """Read a catalogue in TOML; the shipped one when ``text`` is None.

    Raises:
        PermanentFailure: code ``bad_catalogue``; the reason lists every problem.
    """
    source = files(__package__).joinpath(_SHIPPED).read_text("utf-8") if text is None else text
    try:
        return Catalogue.model_validate(tomllib.loads(source))
    except tomllib.TOMLDecodeError as error:
        raise _bad(f"  - it is not TOML: {error}") from error
    except ValidationError as error:
        problems = (f"  - {'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors(include_url=False))
        raise _bad("\n".join(problems)) from error


def _bad(listed: str) -> PermanentFailure:
    return PermanentFailure(
        f"The catalogue of jobs cannot be used:\n{listed}",
        code=FailureCode.BAD_CATALOGUE,
        remedy="\nCorrect replay/catalogue.toml.",
    )
