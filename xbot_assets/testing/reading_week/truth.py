"""What really happened between the account and others, asked of the sandbox's own rows: nothing of it is ours."""

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from xbot_assets.sandbox.people.company import STOP
from xbot_assets.sandbox.state.database import FILE_NAME

_OURS = "select id from posts where account_id = :own and origin = 'web'"
_REPLIES = f"""
select p.id, p.created_at, p.in_reply_to, p.conversation_id, a.handle,
    exists (select 1 from automated_accounts b where b.account_id = a.id) as automated,
    exists (select 1 from sensitive_posts s where s.post_id = q.id) as sensitive,
    exists (
        select 1 from posts e where e.account_id = a.id and e.created_at < p.created_at and (
            e.in_reply_to in ({_OURS}) or e.quoted_id in ({_OURS})
            or ' ' || lower(e.text) || ' ' like '%@' || :handle || '%'
        )
    ) or exists (
        select 1 from acts e where e.account_id = a.id and e.target_id = :own and e.acted_at < p.created_at
    ) as engaged,
    exists (
        select 1 from posts e where e.account_id = a.id and e.created_at < p.created_at and e.text = :stop
    ) as said_stop
from posts p join posts q on q.id = p.in_reply_to join accounts a on a.id = q.account_id
where p.account_id = :own and p.origin = 'web' and a.id <> :own
order by p.created_at
"""  # noqa: S608 - constants
_ABOUT_US = f"""
select a.handle, count(*) as posts from posts p join accounts a on a.id = p.account_id
where a.id <> :own and p.in_reply_to in ({_OURS}) group by 1 order by 2 desc
"""  # noqa: S608 - constants
_FLAGS = frozenset({"automated", "sensitive", "engaged", "said_stop"})


@dataclass(frozen=True, slots=True)
class TrueReply:
    """One reply of ours as the site has it, and what its author had done before it was made."""

    id: str
    created_at: str
    in_reply_to: str
    conversation_id: str
    handle: str
    automated: bool
    sensitive: bool
    engaged: bool
    said_stop: bool


def true_replies(home: Path, handle: str) -> list[TrueReply]:
    """Return every reply to somebody else, oldest first."""
    return [_reply(row) for row in _rows(home, handle, _REPLIES)]


def _reply(row: Any) -> TrueReply:  # noqa: ANN401 - of SQLite
    fields: dict[str, Any] = {name: bool(value) if name in _FLAGS else value for name, value in dict(row).items()}
    return TrueReply(**fields)


def answers_to_us(home: Path, handle: str) -> Counter[str]:
    """Return how many answers each author wrote to posts of ours."""
    return Counter({str(row["handle"]): int(row["posts"]) for row in _rows(home, handle, _ABOUT_US)})


def _rows(home: Path, handle: str, sql: str) -> list[Any]:
    with closing(sqlite3.connect(f"file:{home / 'sandbox' / FILE_NAME}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        (own,) = connection.execute("select id from accounts where handle = ?", (handle,)).fetchone()
        return connection.execute(sql, {"own": own, "handle": handle, "stop": STOP}).fetchall()
