"""Words that are worth nothing any more: sessions that were logged out, links that were opened.

One empty file each, so that all processes of a stack know of it at once; a process that dies forgets none.
"""

import contextlib
import hashlib
import os
import time
from datetime import timedelta
from pathlib import Path

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure


class Spent:
    """The spent words of one data directory. ``life`` is how long a word would have been worth something."""

    def __init__(self, directory: Path, life: timedelta) -> None:
        self._directory = directory
        self._life = life

    def spend(self, word: str) -> bool:
        """Note a word as spent; return whether it was not yet. Of two who ask at once, one is told so.

        Raises:
            PermanentFailure: ``home_unwritable``, when it could not be noted: the word is still worth something.
        """
        try:
            self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._forget_old()
            os.close(os.open(self._file(word), os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            return False
        except OSError as error:
            raise PermanentFailure(
                f"{self._directory} cannot be written: {error.strerror}.",
                code=FailureCode.HOME_UNWRITABLE,
                remedy="Free some disk space; stopping the stack ends every session, too.",
            ) from error
        return True

    def holds(self, word: str) -> bool:
        """Say whether a word was spent."""
        return self._file(word).exists()

    def clear(self) -> None:
        """Forget all of them: the key they were signed with is gone."""
        for file in self._files():
            file.unlink(missing_ok=True)

    def _forget_old(self) -> None:
        oldest = time.time() - self._life.total_seconds()
        for file in self._files():
            with contextlib.suppress(FileNotFoundError):
                if file.stat().st_mtime < oldest:
                    file.unlink()

    def _files(self) -> list[Path]:
        return list(self._directory.iterdir()) if self._directory.is_dir() else []

    def _file(self, word: str) -> Path:
        return self._directory / hashlib.sha256(word.encode()).hexdigest()
