"""Reads a persona file."""

from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.data_files import DataFile

_FILE = DataFile("persona.toml", Persona, FailureCode.BAD_PERSONA, "XBOT_PERSONA_PATH")


def load_persona(path: Path | None = None) -> Persona:
    """Read a persona; the shipped one when ``path`` is None.

    Raises:
        PermanentFailure: code ``bad_persona``; the reason lists every problem in the file.
    """
    return _FILE.load(path)
