"""The sandbox as one object: its state file, clock, faults, people and audience."""

import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from xbot_assets.sandbox.people.audiences import Audiences, readers_of
from xbot_assets.sandbox.people.company import Company
from xbot_assets.sandbox.people.conversation import Conversations
from xbot_assets.sandbox.people.living import LivingWorld
from xbot_assets.sandbox.people.posts import Account, Post, Posts
from xbot_assets.sandbox.people.relations import Relations
from xbot_assets.sandbox.people.world import DEFAULT_SEED, Seeding, session_account, wipe
from xbot_assets.sandbox.state.clock import SandboxClock, stamp
from xbot_assets.sandbox.state.database import Database
from xbot_assets.sandbox.state.faults import Faults

_SEED, _AUDIENCE = "seed", "audience"
SESSION_BYTES, CSRF_BYTES = 20, 16


@dataclass(frozen=True, slots=True)
class Session:
    """A login: what the cookies hold, and who it is."""

    auth_token: str
    csrf: str
    account: Account


class Site:
    """Everything the servers share. A new data directory is seeded; an old one is taken as it is.

    ``audience`` is who reads in worlds that are seeded from now on: counts of a world that exists must not fall.
    """

    def __init__(self, folder: Path, rate: float | None = None, audience: Audiences = "kind") -> None:
        self._next_audience = audience
        self.database = Database(folder)
        self.clock = SandboxClock(self.database, rate or 1.0)
        self.faults = Faults(self.database)
        self.posts = Posts(self.database)
        self.relations = Relations(self.database)
        if rate is not None:
            self.clock.set_rate(rate)
        if self.database.meta(_SEED) is None:
            self.reset(DEFAULT_SEED)
        self._open_world()

    def now(self) -> datetime:
        """Return the sandbox's time."""
        return self.clock.now()

    def reset(self, seed: int) -> None:
        """Wipe posts, audience and faults, and seed the world again. Our accounts and sessions stay."""
        with self.database.transaction():
            wipe(self.database)
            Seeding(self.posts, seed, self.now()).run()
            self.database.set_meta(_SEED, json.dumps(seed))
            self.database.set_meta(_AUDIENCE, self._next_audience)
        self.faults.replace({})
        self._open_world()
        self.living.begin(self.now())

    def _open_world(self) -> None:
        self.seed = int(self.database.meta(_SEED) or DEFAULT_SEED)
        self.audience = self.database.meta(_AUDIENCE) or "kind"
        self.conversations = Conversations(self.posts, readers_of(self.audience, self.seed))
        self.living = LivingWorld(self.database, self.posts, self.relations, self.seed)
        self.company = Company(self.database, self.posts, self.relations, self.seed)

    def keep_up(self, now: datetime) -> None:
        """Write what the people of the world have written by now; whoever looks at the site asks for it first."""
        self.living.keep_up(now)
        if (company := self.faults.text("company")) != "calm":
            self.company.keep_up(now, crowded=company == "crowded")

    # --- sessions -----------------------------------------------------------------------------------------
    def log_in(self, handle: str) -> Session:
        """Log an account in; it is created when missing."""
        account = self.posts.by_handle(handle)
        if account is None:
            account = self.posts.add_account(session_account(handle, self.seed, self.now()))
        session = Session(secrets.token_hex(SESSION_BYTES), secrets.token_hex(CSRF_BYTES), account)
        sql = "insert into sessions (auth_token, csrf, account_id, created_at) values (?, ?, ?, ?)"
        self.database.run(sql, (session.auth_token, session.csrf, account.id, stamp(self.now())))
        return session

    def session(self, auth_token: str | None) -> Session | None:
        """Return who is behind a cookie; nobody when every session counts as expired."""
        if not auth_token or self.faults.flag("logged_out"):
            return None
        row = self.database.one("select * from sessions where auth_token = ?", (auth_token,))
        account = self.posts.account(row["account_id"]) if row else None
        return Session(auth_token, row["csrf"], account) if row and account else None

    def log_out(self, auth_token: str) -> None:
        """Forget one session."""
        self.database.run("delete from sessions where auth_token = ?", (auth_token,))

    def ledger(self) -> list[dict[str, object]]:
        """Return every post ever made on the site by hand or by program: the truth for exactly-once tests."""
        sql = "select p.*, a.handle from posts p join accounts a on a.id = p.account_id where p.origin = 'web'"
        rows = self.database.all(f"{sql} order by p.created_at, p.id")
        now = stamp(self.now())
        return [
            {
                "id": r["id"],
                "handle": r["handle"],
                "text": r["text"],
                "created_at": r["created_at"],
                "in_reply_to": r["in_reply_to"],
                "deleted": r["removed_at"] is not None and r["removed_at"] <= now,
                "images": [
                    {"sha256": item.get("sha256", ""), "alt_text": item["alt"]} for item in json.loads(r["media"])
                ],
            }
            for r in rows
        ]

    def author(self, post: Post) -> Account:
        """Return who wrote a post.

        Raises:
            LookupError: when the state file holds a post without its author.
        """
        account = self.posts.account(post.account_id)
        if account is None:
            msg = f"Post {post.id} has no author."
            raise LookupError(msg)
        return account

    def close(self) -> None:
        """Close the state file."""
        self.database.close()
