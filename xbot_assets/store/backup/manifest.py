"""What a backup says of itself: versions, what was in the database, and a checksum of each of its parts."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Applied(_Part):
    """A migration that the database had."""

    version: int
    name: str
    checksum: str


@dataclass(frozen=True, slots=True)
class TableContents:
    """What a table held. ``digest`` is a sum over its rows in any order; ``None`` where rows are only counted."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    rows: Annotated[int, Field(ge=0)]
    digest: str | None = None


class Member(_Part):
    """One part of the file."""

    bytes: int = Field(ge=0)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")


class Manifest(_Part):
    """A whole backup.

    Attributes:
        format: how the file is put together; it grows when that changes.
        program: the version of xbot-assets that made it.
        taken_at: the product's time just before the database was looked at.
        taken_at_real: the same in real time.
        mode: the mode of the stack.
        handle: the account.
        server_major: the major version of the database's server.
        client_major: of the programs that made the dump.
        schema_history: the migrations that the database had.
        tables: what each table held, by its name with its schema.
        members: the parts of the file but for this one.
    """

    format: Literal[1] = 1
    program: str
    taken_at: AwareDatetime
    taken_at_real: AwareDatetime
    mode: Literal["sandbox", "shadow", "live"]
    handle: str
    server_major: int = Field(gt=0)
    client_major: int = Field(gt=0)
    schema_history: tuple[Applied, ...] = Field(min_length=1)
    tables: dict[str, TableContents]
    members: dict[str, Member]

    @property
    def has_session(self) -> bool:
        """Whether the sealed session is in it."""
        return SESSION in self.members


DUMP, SESSION = "database.dump", "session.sealed"
"""The parts: what ``pg_dump`` wrote, and the session that ``xbot login`` sealed, which another key opens."""
