"""Backups, and trying them."""

from pathlib import Path

from pydantic import BaseModel, Field


class BackupSettings(BaseModel):
    """Backups, and trying them. Their times are real: a disk fails in real time."""

    backup_path: Path | None = Field(
        None, description="The directory of backups; best on another disk. Empty: backups in the data directory."
    )
    backup_every_hours: float = Field(24, ge=0, le=720, description="A backup is made this often. 0: never.")
    backup_keep: int = Field(7, ge=1, le=1000, description="So many of these are kept, the newest.")
    backup_drill_hours: float = Field(
        168, ge=0, le=2160, description="The newest backup is restored, to try it, this often. 0: never."
    )
    backup_drill_minutes: float = Field(30, ge=1, le=1440, description="That may take this long.")
