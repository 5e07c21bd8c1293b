"""The only reader of the environment: one frozen object, every number a bounded field.

Lookup order: environment, then ``.env`` beside the data directory's parent, then the endpoints that running
parts wrote (``.xbot/parts.json``), then the default. Keep out: using the values, and any other file.
"""

import json
import os
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

from dotenv.parser import parse_stream
from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from xbot_assets.domain.failures import PermanentFailure

PREFIX = "XBOT_"
CHECKOUT = Path(__file__).resolve().parents[1]
PARTS_FILE = "parts.json"


def default_home() -> Path:
    """Return where the stack keeps its data: ``.xbot`` in the checkout, or below the working directory."""
    root = CHECKOUT if (CHECKOUT / "pyproject.toml").is_file() else Path.cwd()
    return root / ".xbot"


class Settings(BaseSettings):
    """Everything that can be set. Each field is ``XBOT_`` plus its name in capitals."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="ignore", env_ignore_empty=False, hide_input_in_errors=True
    )

    # --- who and where ------------------------------------------------------------------------------------
    mode: Literal["sandbox", "shadow"] = Field(
        "sandbox",
        description="sandbox: the X look-alike on this machine. shadow: reads X and records what it would post.",
    )
    handle: str = Field("xbot_demo", pattern=r"^\w{1,15}$", description="The account's handle, without the @.")
    home: Path = Field(
        default_factory=default_home, description="The data directory; set it in the environment, not in .env."
    )
    persona_path: Path | None = Field(
        None,
        description="A persona file: topics, formats and tones. Empty: the one shipped with the package.",
    )

    # --- parts: empty means the embedded one --------------------------------------------------------------
    database_url: SecretStr | None = Field(None, description="PostgreSQL 15 or later. Empty: the embedded one.")
    redis_url: SecretStr | None = Field(None, description="Redis or Valkey. Unset: the embedded one. 'off': no cache.")
    browser_url: str | None = Field(None, description="A browser host elsewhere. Empty: one is started here.")
    browser_token: SecretStr | None = Field(None, description="The browser host's bearer token.")
    browser_path: Path | None = Field(
        None, description="A Chromium or chromium-headless-shell binary. Empty: search, then install."
    )
    target_url: str | None = Field(None, description="The site. Empty: the sandbox, or https://x.com in shadow.")
    sandbox_token: SecretStr | None = Field(None, description="The sandbox's control token; set by the parts.")
    session_path: Path | None = Field(
        None, description="A logged-in Playwright storage state for shadow mode, made by hand by the owner."
    )
    llm: Literal["sandbox", "openai"] = Field("sandbox", description="Who writes the posts.")
    openai_base_url: str | None = Field(None, description="An OpenAI-compatible API. Empty with llm=openai: OpenAI.")
    openai_api_key: SecretStr | None = Field(None, description="The API key, for llm=openai.")

    # --- addresses: empty means a free port, kept from start to start ------------------------------------
    web_port: int | None = Field(None, ge=1024, le=65535, description="The Dagster UI's port.")
    service_port: int | None = Field(None, ge=1024, le=65535, description="The status service's port.")
    sandbox_port: int | None = Field(None, ge=1024, le=65535, description="The sandbox's port.")
    service_url: str | None = Field(None, description="Set by the parts: where the status service answers.")
    web_url: str | None = Field(None, description="Set by the parts: where the Dagster UI answers.")

    # --- database (report, layer 6) -----------------------------------------------------------------------
    database_pool_max: int = Field(10, ge=1, le=100, description="Most connections of one process.")
    database_idle_seconds: float = Field(30, ge=1, le=3600, description="Idle connections close after this.")
    database_connect_seconds: float = Field(10, ge=1, le=60, description="Wait for a connection at most this.")
    slow_query_seconds: float = Field(5, gt=0, le=600, description="A statement slower than this is reported.")

    # --- cache (report, layer 7) --------------------------------------------------------------------------
    cache_pool_max: int = Field(5, ge=1, le=100, description="Most cache connections of one process.")
    cache_models_seconds: int = Field(3600, ge=1, le=86400, description="How long models stay cached.")
    cache_metrics_seconds: int = Field(300, ge=1, le=86400, description="How long metrics stay cached.")
    cache_queries_seconds: int = Field(1800, ge=1, le=86400, description="How long query results stay cached.")
    cache_arms_seconds: int = Field(900, ge=1, le=86400, description="How long bandit arms stay cached.")

    # --- browser (report, layer 5) ------------------------------------------------------------------------
    browser_slots: int = Field(3, ge=1, le=4, description="Operations that may run at once.")
    browser_start_attempts: int = Field(3, ge=1, le=10, description="Tries to start Chromium before giving up.")
    browser_depth_alert: int = Field(10, ge=1, le=1000, description="Alert when more runs wait for the browser.")
    browser_wait_alert_minutes: float = Field(5, gt=0, le=1440, description="Alert when the average wait is longer.")
    browser_fourth_context: bool = Field(default=False, description="Open one more slot while memory allows.")
    fourth_context_free_min_mb: float = Field(
        1024, ge=0, le=10_000_000, description="The fourth slot closes below this much free memory; opens 200 MB above."
    )
    context_memory_max_mb: float = Field(
        100, ge=1, le=10_000, description="A browser context that holds more is replaced by a new one."
    )
    publish_deadline_seconds: float = Field(120, ge=5, le=600, description="One publish may take this long.")
    read_deadline_seconds: float = Field(60, ge=5, le=300, description="One read of a page or list may take this long.")
    read_post_seconds: float = Field(10, ge=1, le=60, description="Added to a batch's deadline for each of its posts.")

    # --- content (report, layer 3) ------------------------------------------------------------------------
    plan_interval_minutes: int = Field(120, ge=5, le=1440, description="Minutes between two plans.")
    posts_per_plan: int = Field(2, ge=1, le=10, description="Posts written by one plan.")
    plan_retry_minutes: int = Field(15, ge=1, le=1440, description="After a failed plan, wait this long.")
    plan_queue_max: int = Field(6, ge=1, le=100, description="Do not plan while this many posts wait.")
    plan_model: str = Field("gpt-4o-mini", min_length=1, description="The model that writes posts.")
    llm_attempts: int = Field(3, ge=1, le=10, description="Tries of one LLM request.")
    llm_timeout_seconds: float = Field(60, ge=1, le=600, description="One LLM request may take this long.")
    daily_budget_usd: float = Field(5.0, ge=0, le=10_000, description="LLM spending stops here each UTC day.")
    post_max_weighted_chars: int = Field(280, ge=1, le=25_000, description="X's weighted length limit.")

    # --- publishing (report, layer 4) ---------------------------------------------------------------------
    post_spacing_minutes: int = Field(5, ge=1, le=1440, description="Least minutes between two posts.")
    first_post_delay_minutes: int = Field(10, ge=0, le=1440, description="From the plan to its first post.")
    planned_spacing_minutes: int = Field(60, ge=5, le=1440, description="Between the posts of one plan.")
    posts_per_day_max: int = Field(24, ge=1, le=200, description="A hard daily cap.")
    claim_lease_minutes: int = Field(15, ge=1, le=240, description="After this a claimed post is reconciled.")
    reconcile_looks_max: int = Field(3, ge=1, le=20, description="Looks at X before a person is asked.")
    limit_pause_minutes: int = Field(180, ge=5, le=2880, description="Wait after X says its daily limit is reached.")
    reconcile_minutes: int = Field(5, ge=1, le=1440, description="Between two looks for a post in doubt.")
    posting_window_minutes: float = Field(
        1, ge=0, le=30, description="Other browser work waits this long before and after a due post."
    )

    # --- metrics (report, layer 8) ------------------------------------------------------------------------
    metrics_young_minutes: int = Field(20, ge=5, le=1440, description="Between readings of a post under 24 h old.")
    metrics_middle_minutes: int = Field(120, ge=5, le=10080, description="Between readings from 24 h to 7 days.")
    metrics_old_minutes: int = Field(1440, ge=5, le=43200, description="Between readings after 7 days.")
    metrics_batch_max: int = Field(20, ge=1, le=100, description="Posts read by one operation.")
    account_metrics_minutes: int = Field(60, ge=5, le=1440, description="Between readings of the own profile.")

    # --- learning (report, layer 10) ----------------------------------------------------------------------
    outcome_age_hours: float = Field(6, ge=1, le=240, description="An outcome is measured at this age.")
    learn_interval_minutes: int = Field(60, ge=5, le=1440, description="Least minutes between two trainings.")
    bandit_prior_strength: float = Field(2.0, gt=0, le=100, description="Posts' worth of prior belief per arm.")
    predictor_ridge: float = Field(1.0, gt=0, le=1e6, description="Ridge penalty of the predictor.")
    predictor_min_outcomes: int = Field(1, ge=1, le=10_000, description="Outcomes needed to fit a predictor.")

    # --- stack --------------------------------------------------------------------------------------------
    definitions: str = Field(
        "xbot_assets.definitions", pattern=r"^\w+(\.\w+)*$", description="The module of definitions that Dagster loads."
    )
    start_timeout_seconds: float = Field(60, ge=5, le=600, description="A process must be up within this.")
    stop_timeout_seconds: float = Field(15, ge=1, le=120, description="A process gets this long to stop.")
    restart_backoff_max_seconds: float = Field(30, ge=1, le=600, description="Longest wait before a restart.")
    disk_free_min_mb: int = Field(200, ge=0, le=1_000_000, description="Refuse to start with less free disk.")
    sandbox_clock_rate: float = Field(1, ge=1, le=3600, description="Sandbox seconds per real second at start.")

    @field_validator("home", "persona_path", "browser_path", "session_path")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        """Resolve early, so that a later change of directory cannot move a file."""
        return value.expanduser().absolute() if value else None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Everything comes in through :func:`load_settings`, so that it can be checked as one."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        return (init_settings,)

    @property
    def lease(self) -> timedelta:
        """How long a claimed post belongs to its worker."""
        return timedelta(minutes=self.claim_lease_minutes)

    @property
    def post_spacing(self) -> timedelta:
        """The least time between two posts."""
        return timedelta(minutes=self.post_spacing_minutes)

    @property
    def parts_file(self) -> Path:
        """Where running parts write their endpoints (mode 0600)."""
        return self.home / PARTS_FILE


class SettingsError(PermanentFailure):
    """The settings cannot be used; the reason lists every problem, never a value."""

    def __init__(self, problems: list[str]) -> None:
        listed = "\n".join(f"  - {problem}" for problem in problems)
        super().__init__(
            f"{len(problems)} problem(s) in the settings:\n{listed}",
            code="bad_settings",
            remedy="\nCorrect the environment or .env; .env.example explains every setting.",
        )
        self.problems = problems


def load_settings(
    environ: Mapping[str, str] | None = None, *, env_file: Path | None = None, use_parts: bool = True
) -> Settings:
    """Read, check and freeze the settings.

    Args:
        environ: the environment; the process's own when ``None``.
        env_file: the ``.env`` file; by default the one beside the data directory.
        use_parts: also read the endpoints of running parts, at the lowest rank.

    Raises:
        SettingsError: with every problem found, in one message.
    """
    own = dict(os.environ if environ is None else environ)
    problems: list[str] = []
    home = Path(own.get(f"{PREFIX}HOME") or default_home()).expanduser().absolute()
    chosen = env_file or home.parent / ".env"
    merged = {**_read_env_file(chosen, problems), **{k: v for k, v in own.items() if k.startswith(PREFIX)}}
    problems += _unknown_names(merged)
    if f"{PREFIX}HOME" in set(merged) - set(own):
        # The file is looked for beside the data directory, so it cannot say where that is.
        problems.append(f"{PREFIX}HOME cannot be set in {chosen.name}; set it in the environment.")
    values: dict[str, Any] = _read_parts(home / PARTS_FILE) if use_parts else {}
    values |= {k[len(PREFIX) :].lower(): v for k, v in merged.items() if v != ""}
    problems += _missing_companions(values)
    return _build(values, problems)


def _build(values: dict[str, Any], problems: list[str]) -> Settings:
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise SettingsError(problems + list(_sentences(error))) from None
    if problems:
        raise SettingsError(problems)
    return settings


def _missing_companions(values: Mapping[str, Any]) -> list[str]:
    """Check what one setting asks of another; on raw values, so that it is reported with everything else."""
    missing = [
        ("llm", "openai", "openai_api_key", "your API key"),
        ("mode", "shadow", "session_path", "a session that you logged in to by hand"),
    ]
    return [
        f"{PREFIX}{name.upper()}={value} needs {PREFIX}{needed.upper()}, {what}."
        for name, value, needed, what in missing
        if values.get(name) == value and not values.get(needed)
    ]


def _sentences(error: ValidationError) -> Iterator[str]:
    for item in error.errors(include_input=False, include_url=False):
        name = f"{PREFIX}{str(item['loc'][0]).upper()}: " if item["loc"] else ""
        yield name + item["msg"].removeprefix("Value error, ")


def _unknown_names(names: Mapping[str, str]) -> list[str]:
    known = {PREFIX + field.upper() for field in Settings.model_fields}
    return [f"{name} is not a setting; see .env.example for the names." for name in sorted(set(names) - known)]


def _read_env_file(path: Path, problems: list[str]) -> dict[str, str]:
    if not path.is_file():
        return {}
    found: dict[str, str] = {}
    with path.open(encoding="utf-8", errors="replace") as stream:
        for binding in parse_stream(stream):
            if binding.error or (binding.key is not None and binding.value is None):
                problems.append(f"{path.name}, line {binding.original.line}: not a complete NAME=value line.")
            elif binding.key is not None and binding.key.startswith(PREFIX):
                found[binding.key] = binding.value or ""
    return found


def _read_parts(path: Path) -> dict[str, Any]:
    """Read what running parts wrote; a file that is absent or being replaced means that none run."""
    try:
        loaded = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in loaded.items() if k in Settings.model_fields} if isinstance(loaded, dict) else {}
