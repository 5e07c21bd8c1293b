"""Who the account is, where the parts are and where they listen."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr

from xbot_assets.domain.identifiers import Handle
from xbot_assets.settings.places import default_home


class EndpointSettings(BaseModel):
    """Who the account is, where the parts are and where they listen."""

    # who and where
    mode: Literal["sandbox", "shadow", "live"] = Field(
        "sandbox",
        description="sandbox: the X look-alike on this machine. shadow: reads X and records what it would post. "
        "live: posts; see docs/live.md.",
    )
    live_acknowledgement: str | None = Field(
        None, description="For live: the sentence, word for word, that a start without it tells you to write."
    )
    handle: Handle = Field("xbot_demo", description="The account's handle, without the @.")
    home: Path = Field(
        default_factory=default_home, description="The data directory; set it in the environment, not in .env."
    )
    persona_path: Path | None = Field(
        None,
        description="A persona file: topics, formats and tones. Empty: the one shipped with the package.",
    )

    # parts: empty means the embedded one
    database_url: SecretStr | None = Field(
        None, description="PostgreSQL 15 or later, without a pooler. Empty: the embedded one."
    )
    redis_url: SecretStr | None = Field(None, description="Redis or Valkey. Unset: the embedded one. 'off': no cache.")
    browser_url: str | None = Field(None, description="A browser host elsewhere. Empty: one is started here.")
    browser_token: SecretStr | None = Field(None, description="The browser host's bearer token.")
    browser_path: Path | None = Field(
        None, description="A Chromium or chromium-headless-shell binary. Empty: search, then install."
    )
    target_url: str | None = Field(None, description="The site. Empty: the sandbox; https://x.com in shadow and live.")
    sandbox_token: SecretStr | None = Field(None, description="The sandbox's control token; set by the parts.")
    session_path: Path | None = Field(
        None, description="The sealed session that 'xbot login' makes. Empty: session.sealed in the data directory."
    )
    session_key: SecretStr | None = Field(None, description="The key that opens the session. Empty: the key file.")
    session_key_path: Path | None = Field(
        None, description="The key file, outside the data directory. Empty: ~/.config/xbot-assets/session.key."
    )
    session_warning_days: int = Field(
        14, ge=0, le=365, description="xbot doctor warns when the session's login ends within this."
    )
    login_minutes: float = Field(15, ge=1, le=240, description="xbot login waits this long for you to log in.")
    llm: Literal["sandbox", "openai"] = Field("sandbox", description="Who writes the posts.")
    openai_base_url: str | None = Field(None, description="An OpenAI-compatible API. Empty with llm=openai: OpenAI.")
    openai_api_key: SecretStr | None = Field(None, description="The API key, for llm=openai.")

    # addresses: empty means a free port, kept from start to start
    web_port: int | None = Field(None, ge=1024, le=65535, description="The Dagster UI's port.")
    service_port: int | None = Field(None, ge=1024, le=65535, description="The status service's port.")
    sandbox_port: int | None = Field(None, ge=1024, le=65535, description="The sandbox's port.")
    service_url: str | None = Field(None, description="Set by the parts: where the status service answers.")
    web_url: str | None = Field(None, description="Set by the parts: where the Dagster UI answers.")
    pages_key: SecretStr | None = Field(None, description="Set by the parts: signs the sessions of the pages.")
    sockets: Path | None = Field(
        None, description="Set by the parts: the directory of Dagster's Unix sockets, which only the owner enters."
    )

    # stack
    definitions: str = Field(
        "xbot_assets.definitions",
        pattern=r"^\w+(\.\w+)*$",
        description="The module of definitions that Dagster loads.",
    )
    dagster_yaml_path: Path | None = Field(
        None,
        description="Another dagster.yaml than the package's: one with a launcher that starts runs on other machines.",
    )
    start_timeout_seconds: float = Field(60, ge=5, le=600, description="A process must be up within this.")
    stop_timeout_seconds: float = Field(15, ge=1, le=120, description="A process gets this long to stop.")
    restart_backoff_max_seconds: float = Field(30, ge=1, le=600, description="Longest wait before a restart.")
    silence_max_seconds: float = Field(
        45, ge=3, le=3600, description="A process that does not answer for this long is ended and started again."
    )
    disk_free_min_mb: int = Field(200, ge=0, le=1_000_000, description="Refuse to start with less free disk.")
    sandbox_clock_rate: float = Field(1, ge=1, le=3600, description="Sandbox seconds per real second at start.")
    sandbox_audience: Literal["kind", "hard"] = Field(
        "kind",
        description="Who reads in the sandbox: kind readers, for a demo, or hard ones, as real ones are. Taken when a "
        "world is made: at the first start, and by 'xbot sandbox reset'.",
    )
