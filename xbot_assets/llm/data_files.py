"""Reads the data files that an owner may replace: TOML in, a checked object out, every problem named at once."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel, ValidationError

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.regular_files import read_regular_text

T = TypeVar("T", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class DataFile(Generic[T]):
    """A kind of file: the one shipped in this package, what it holds, and how to speak of it.

    Attributes:
        shipped: its name in the package.
        holds: what it is read into.
        code: of the failure when it cannot be used.
        setting: the setting that names a file of the owner's.
    """

    shipped: str
    holds: type[T]
    code: FailureCode
    setting: str

    def load(self, path: Path | None = None) -> T:
        """Read a file; the shipped one when ``path`` is None.

        Raises:
            PermanentFailure: with this kind's code; the reason lists every problem in the file.
        """
        try:
            shipped = files("xbot_assets.llm").joinpath(self.shipped)
            text = read_regular_text(path) if path else shipped.read_text("utf-8")
            return self.holds.model_validate(tomllib.loads(text, parse_float=Decimal))
        except OSError as error:
            raise self._bad(path, [f"cannot be read: {error.strerror}"]) from error
        except UnicodeDecodeError as error:
            raise self._bad(path, ["is not UTF-8 text"]) from error
        except tomllib.TOMLDecodeError as error:
            raise self._bad(path, [f"is not TOML: {error}"]) from error
        except ValidationError as error:
            raise self._bad(path, list(_sentences(error))) from error
        except (ValueError, RecursionError) as error:  # tomllib's own limits: a number of 5,000 digits, 1,000 brackets
            raise self._bad(path, ["holds a number that is too long, or lists that are nested too deeply"]) from error

    def _bad(self, path: Path | None, problems: list[str]) -> PermanentFailure:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        return PermanentFailure(
            f"{len(problems)} problem(s) in {path or f'the shipped {self.shipped}'}:\n{listed}",
            code=self.code,
            remedy=f"\nCorrect the file {self.setting} names, or unset it to use the shipped {self.shipped}.",
        )


def _sentences(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_url=False, include_input=False):
        where = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in item["loc"])
        yield f"{where.lstrip('.')}: {item['msg'].removeprefix('Value error, ')}"
