"""Reads a persona file."""

from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.domain.gates.language import is_known
from xbot_assets.domain.persona import Persona
from xbot_assets.llm.data_files import DataFile

_FILE = DataFile("persona.toml", Persona, FailureCode.BAD_PERSONA, "XBOT_PERSONA_PATH")


def load_persona(path: Path | None = None) -> Persona:
    """Read a persona; the shipped one when ``path`` is None.

    Raises:
        PermanentFailure: code ``bad_persona``; the reason lists every problem in the file, or says that the gates do
            not know its language.
    """
    persona = _FILE.load(path)
    if not is_known(persona.language):
        raise PermanentFailure(
            f"The persona's language, {persona.language!r}, is none that the gates can tell from others.",
            code=FailureCode.BAD_PERSONA,
            remedy="Give its two letters of ISO 639-1, such as en, ja or pt; docs/gates.md lists them.",
        )
    return persona
