"""The sandbox as a test steers it: its faults, and the ledger that knows what was really posted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx

from xbot_assets.testing.patience import PATIENCE


@dataclass(frozen=True, slots=True)
class Site:
    """A running sandbox; ``switches`` are what it is like, whatever faults it has at times."""

    url: str
    token: str
    handle: str
    switches: Mapping[str, object] = field(default_factory=dict)

    def is_up(self) -> bool:
        """Say whether it answers."""
        try:
            return httpx.get(f"{self.url}/_sandbox/health", timeout=PATIENCE, trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def set_faults(self, **faults: object) -> None:
        """Make these the active faults, and no others."""
        self._control("PUT", "faults", {**self.switches, **faults})

    def begin_anew(self) -> None:
        """Make the world anew, without a post of ours, so that a text may be posted again."""
        self._control("POST", "reset", {"seed": 1})
        self.set_faults()

    def posted(self, text: str) -> int:
        """Return how often this text was really posted."""
        return sum(post["text"] == text for post in self.ledger())

    def ledger(self) -> list[dict[str, Any]]:
        """Return every post that the account really made, oldest first, with what it answers."""
        posts = self._control("GET", "ledger", None)["posts"]
        return [post for post in posts if post["handle"] == self.handle]

    def plant(self, handle: str, text: str, **more: object) -> str:
        """Let somebody of the world write a post, and return its id."""
        return str(self._control("POST", "posts", {"handle": handle, "text": text, **more})["id"])

    def act(self, kind: str, handle: str, **more: object) -> None:
        """Let somebody of the world like, repost, follow, or be blocked by us."""
        self._control("POST", "acts", {"kind": kind, "handle": handle, **more})

    def llm_calls(self, *, since: datetime) -> int:
        """Return how many calls its language model has answered since then."""
        usage = self._control("GET", "llm/usage", None)
        return sum(datetime.fromisoformat(row["at"]) >= since for row in usage)

    def _control(self, method: str, what: str, body: object) -> Any:  # noqa: ANN401 - JSON
        answer = httpx.request(
            method,
            f"{self.url}/_sandbox/{what}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=PATIENCE,
            trust_env=False,
        )
        answer.raise_for_status()
        return answer.json()
