"""The account on X, as far as it is known without a database: its name, and where its profile and its posts stand."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from xbot_assets.settings import Settings

X_SITE = "https://x.com"
"""Where posts stand when no other target is set."""


@dataclass(frozen=True)
class Profile:
    """One account by its settings. What a stack that is not up can ask; :class:`Account` is one, with all the rest."""

    settings: Settings

    @property
    def handle(self) -> str:
        """Its name on X, without the ``@``."""
        return self.settings.handle

    def is_own(self, handle: str) -> bool:
        """Whether a name on X is this account's. X's names have no case."""
        return handle.casefold() == self.handle.casefold()

    @property
    def profile_path(self) -> str:
        """The address of its profile, without the site."""
        return f"/{self.handle}"

    @property
    def profile_url(self) -> str | None:
        """The whole address of its profile, ``None`` while no site is named: the sandbox is not up."""
        return f"{self.settings.target_url}{self.profile_path}" if self.settings.target_url else None

    def permalink(self, x_post_id: str) -> str:
        """Return the address of one of its posts, without the site."""
        return f"{self.profile_path}/status/{x_post_id}"

    def address(self, permalink: str | None) -> str | None:
        """Return the whole address of a post by its stored permalink, ``None`` for one that leads elsewhere."""
        site = (self.settings.target_url or X_SITE).rstrip("/")
        if permalink and permalink.startswith("/") and not permalink.startswith("//"):
            return f"{site}{permalink}"
        return permalink if permalink and urlsplit(permalink)[:2] == urlsplit(site)[:2] else None
