"""Every failure's code, with the kind that it is raised as and what to do about it.

Codes are stored and travel as their words: a code that has been released keeps its word.
"""

from enum import StrEnum
from typing import Self

from xbot_assets.domain.failure_kinds import FailureKind

_PERMANENT = (FailureKind.PERMANENT,)
_BUDGET = (FailureKind.BUDGET,)
_TRANSIENT = (FailureKind.TRANSIENT,)
_UNKNOWN = (FailureKind.UNKNOWN,)
_CLICK = _TRANSIENT + _UNKNOWN
"""Transient before a publish has clicked; from then on nobody knows."""
_AGAIN = "Nothing needs doing; it is tried again."
_HOST = "See that the browser host runs: 'xbot status' shows it."
_LOGIN = "Run 'xbot login'."
_LOOK_FIRST = "Look for the post on the timeline; do not post it again."
_REPORT = "This is a fault of this program: report it with the log."
_START = "Start the parts with scripts/run, 'xbot up' or 'xbot up --parts'."
_WRITTEN_AGAIN = "Nothing needs doing; the text is written again."
_X_CHANGED = "X's pages have changed: update xbot-assets."


class FailureCode(StrEnum):
    """A stable word for programs, the kinds that it may be raised as, and the remedy where none is given."""

    kinds: tuple[FailureKind, ...]
    remedy: str

    def __new__(cls, word: str, kinds: tuple[FailureKind, ...] = (), remedy: str = "") -> Self:
        """Make a member; what is not its word is given in this list only."""
        code = str.__new__(cls, word)
        code._value_ = word
        code.kinds, code.remedy = kinds, remedy
        return code

    # The account and its session (the states of x/account_state.py).
    LOGGED_OUT = "logged_out", _PERMANENT, "Run 'xbot login'; the sandbox's is renewed by itself."
    LOCKED = "locked", _PERMANENT, "Unlock it by hand, and find out why, before posting."
    SUSPENDED = "suspended", _PERMANENT, "Look at the account by hand; its owner may appeal."
    CHALLENGE = "challenge", _PERMANENT, "Stop, and look at the account by hand."
    LOOKS_AUTOMATED = "looks_automated", _PERMANENT, "Stop posting, and look at the account by hand."
    SESSION_MISSING = "session_missing", _PERMANENT, _LOGIN
    SESSION_KEY = "session_key", _PERMANENT, _LOGIN
    SESSION_DAMAGED = "session_damaged", _PERMANENT, _LOGIN
    SESSION_EXPIRED = "session_expired", _PERMANENT, _LOGIN
    SESSION_OTHER_ACCOUNT = "session_other_account", _PERMANENT, _LOGIN
    NO_SESSION = "no_session", _PERMANENT + _TRANSIENT, "Start the sandbox, or set XBOT_MODE and log in."
    LOGIN_TIMEOUT = "login_timeout", _PERMANENT, "Run 'xbot login' again; nothing was stored."
    LOGIN_WINDOW = "login_window", _PERMANENT, "Run 'xbot login' again; nothing was stored."
    NO_DISPLAY = "no_display", _PERMANENT, "Run it on a machine with a screen."
    NO_LOGIN = "no_login", _PERMANENT, "Set XBOT_MODE to shadow or live first."

    # X's answers.
    X_TIMEOUT = "x_timeout", _TRANSIENT, _AGAIN
    X_OVERLOADED = "x_overloaded", _TRANSIENT, _AGAIN
    X_INTERNAL_ERROR = "x_internal_error", _TRANSIENT, _AGAIN
    X_UNAVAILABLE = "x_unavailable", _TRANSIENT, _AGAIN
    RATE_LIMITED = "rate_limited", _TRANSIENT, "It is tried again when the limit ends."
    DAILY_LIMIT = "daily_limit", _BUDGET, "Wait until tomorrow, or lower the daily cap."
    REFUSED = "refused", _PERMANENT, "Look at what was asked, and at the account, by hand."
    REQUEST_REFUSED = "request_refused", _PERMANENT, _X_CHANGED
    REPLIES_RESTRICTED = "replies_restricted", _PERMANENT, "Choose another post to answer."
    ALREADY_ANSWERED = "already_answered", _PERMANENT, "Nothing needs doing: a post is answered once."
    NO_SUGGESTION = "no_suggestion", _PERMANENT, "See 'xbot replies list' for those that are open."
    NOT_A_HANDLE = "not_a_handle", _PERMANENT, "Write an account's name on X, with or without its @."
    TOO_LONG = "too_long", _PERMANENT, "Shorten the post."
    DUPLICATE = "duplicate", _UNKNOWN, _LOOK_FIRST
    NO_WITNESS = "no_witness", _UNKNOWN, _LOOK_FIRST
    GONE = "gone", _PERMANENT, "Nothing needs doing; it is not read again."
    UNAVAILABLE = "unavailable", _PERMANENT, "Look at the post by hand; X does not show it."
    NO_ACCOUNT = "no_account", _PERMANENT, "Correct the handle."
    ACCOUNT_SUSPENDED = "account_suspended", _PERMANENT, "Leave that account out; ours is not meant."
    ACCOUNT_PROTECTED = "account_protected", _PERMANENT, "Leave it out; only its followers see its posts."
    ACCOUNT_BLOCKED = "account_blocked", _PERMANENT, "Leave that account out."
    ACCOUNT_UNAVAILABLE = "account_unavailable", _PERMANENT, "Look at that account by hand."
    MEDIA_REFUSED = "media_refused", _PERMANENT, "Give another image."
    MEDIA_UPLOAD_FAILED = "media_upload_failed", _TRANSIENT, _AGAIN
    MEDIA_UPLOAD_SLOW = "media_upload_slow", _TRANSIENT, _AGAIN
    IMAGES_DIFFER = "images_differ", _TRANSIENT, _AGAIN
    ALT_TEXT_UNAVAILABLE = "alt_text_unavailable", _TRANSIENT, _AGAIN
    ALT_TEXT_DIFFERS = "alt_text_differs", _PERMANENT, "Shorten the descriptions."
    TYPED_TEXT_DIFFERS = "typed_text_differs", _PERMANENT, "Remove characters that X's editor changes."
    POST_BUTTON_DISABLED = "post_button_disabled", _PERMANENT, "Shorten the post."
    POST_BUTTON_LATE = "post_button_late", _TRANSIENT, _AGAIN
    PAGE_COVERED = "page_covered", _TRANSIENT, "It is tried again. If it stays, close by hand what X shows there."

    # Pages and the browser.
    PAGE_CHANGED = "page_changed", _PERMANENT, _X_CHANGED
    SCRIPT_FAILURE = "script_failure", _TRANSIENT, _AGAIN
    TIMELINE_FAILED = "timeline_failed", _TRANSIENT, _AGAIN
    LOADING = "loading", _TRANSIENT, _AGAIN
    DEADLINE = "deadline", _CLICK, _AGAIN
    BROWSER_CRASHED = "browser_crashed", _CLICK, _AGAIN
    PAGE_TIMEOUT = "page_timeout", _CLICK, _AGAIN
    SITE_UNREACHABLE = "site_unreachable", _CLICK, _AGAIN
    BROWSER_NO_START = "browser_no_start", _CLICK, "Run 'xbot doctor'; it tries the browser on its own."
    BROWSER_ERROR = "browser_error", _PERMANENT + _UNKNOWN, _REPORT
    BROWSER_DOWN = "browser_down", _TRANSIENT, "It is started again by itself."
    NO_BROWSER = "no_browser", _PERMANENT, "Set XBOT_BROWSER_PATH, or install Chromium."
    BROWSER_UNCONFINED = "browser_unconfined", _PERMANENT, "Let Chromium have its own sandbox; 'xbot doctor' tries it."
    NO_TARGET = "no_target", _PERMANENT, _START
    NO_TOKEN = "no_token", _PERMANENT, "Set XBOT_BROWSER_TOKEN."
    NO_BROWSER_HOST = "no_browser_host", _PERMANENT, _START
    BROWSER_HOST_DOWN = "browser_host_down", _TRANSIENT, _HOST
    BROWSER_HOST_STOPPING = "browser_host_stopping", _TRANSIENT, _HOST
    BROWSER_HOST_LOST = "browser_host_lost", _CLICK, _HOST
    BROWSER_HOST_REFUSED = "browser_host_refused", _PERMANENT, "Restart the whole stack."
    NO_SLOT = "no_slot", _TRANSIENT, _AGAIN
    OPERATION_UNDER_WAY = "operation_under_way", _TRANSIENT, _AGAIN
    PREEMPTED = "preempted", _TRANSIENT, _AGAIN
    SHADOW_MODE = "shadow_mode", _PERMANENT, "Ask with submit=False; see docs/live.md."
    NOT_AN_OPERATION = "not_an_operation", _PERMANENT, _REPORT

    # Publishing and approval.
    PUBLISHING_HELD = "publishing_held", _PERMANENT, "The alert says what to do."
    LEASE_EXPIRED = "lease_expired", _CLICK, "Nothing needs doing; it waits again, or is looked for on X."
    REJECTED = "rejected", _PERMANENT, "Nothing needs doing: a person does not want it published."
    ENGAGED_ONLY = "engaged_only", _PERMANENT, "Nothing needs doing: that author is not answered."
    THREAD_CAP = "thread_cap", _PERMANENT, "Nothing needs doing: enough was answered there."
    UNANSWERABLE = "unanswerable", _PERMANENT, "Nothing needs doing: that author is not answered."
    LOST_FENCE = "lost_fence", _PERMANENT, "Nothing needs doing; another worker has the post."
    NOT_UNCONFIRMED = "not_unconfirmed", _PERMANENT, "Nothing was changed. Look at it again."
    PACE_UNKNOWN = "pace_unknown", _PERMANENT, "Run xbot migrate."
    ACCOUNT_UNKNOWN = "account_unknown", _PERMANENT, "Run xbot migrate."
    NO_BREAKER = "no_breaker", _PERMANENT, "Run xbot migrate."
    DUPLICATE_TEXT = "duplicate_text", _PERMANENT, "Change the text, or leave the post that waits."
    BAD_THREAD = "bad_thread", _PERMANENT, "Nothing was queued."
    BROKEN_THREAD = "broken_thread", _PERMANENT, "Reject the rest, then queue it as a new thread."
    ID_TAKEN = "id_taken", _PERMANENT, "Nothing was changed. Look for the post itself."
    NOTHING_TO_ACKNOWLEDGE = "nothing_to_acknowledge", _PERMANENT, "'xbot approve unconfirmed' shows those that do."
    NO_SUCH_POST = "no_such_post", _PERMANENT, "'xbot approve list' shows those that wait."
    NO_SUCH_ALERT = "no_such_alert", _PERMANENT, "'xbot alerts' lists those that are open."
    ALREADY_DECIDED = "already_decided", _PERMANENT, "Nothing was changed. Look at it again."
    TEXT_CHANGED = "text_changed", _PERMANENT, "Nothing was changed. Read it again and decide then."
    TEXT_REFUSED = "text_refused", _PERMANENT, "Edit or reject it."
    NO_REASON = "no_reason", _PERMANENT, "Say why in a few words."
    REASON_TOO_LONG = "reason_too_long", _PERMANENT, "Say it shorter."
    NO_NAME = "no_name", _PERMANENT, "Give a name."
    ALERT_NOT_SENT = "alert_not_sent", _TRANSIENT, "Check XBOT_ALERT_URLS and the network: 'xbot alerts test'."
    BAD_ALERT_CHANNEL = "bad_alert_channel", _PERMANENT, "Write it as https://appriseit.com/services/ says."
    BAD_ARCHIVE = "bad_archive", _PERMANENT, "Give the zip as X sent it, or its data/tweets.js."
    BAD_TIME = "bad_time", _PERMANENT, "Write it as 2026-05-31T18:30, within the next days."
    BAD_X_POST = "bad_x_post", _PERMANENT, "Copy the address of the post itself."
    EMPTY_POST = "empty_post", _PERMANENT, "Give the text."
    POST_TOO_LONG = "post_too_long", _PERMANENT, "Shorten it."
    NOT_PRESENTABLE = "not_presentable", _PERMANENT, "Write it as readers shall see it."
    TOO_MANY_IMAGES = "too_many_images", _PERMANENT, "Give fewer images."
    ALT_WITHOUT_IMAGE = "alt_without_image", _PERMANENT, "Give one --alt for each --image, in order."
    ALT_TEXT_TOO_LONG = "alt_text_too_long", _PERMANENT, "Shorten it."
    IMAGE_UNREADABLE = "image_unreadable", _PERMANENT, "Check the path."
    IMAGE_TYPE = "image_type", _PERMANENT, "Give a PNG, JPEG, WebP or GIF file."
    IMAGE_DAMAGED = "image_damaged", _PERMANENT, "Save or export it again."
    IMAGE_DIMENSIONS = "image_dimensions", _PERMANENT, "Scale or crop it."
    GIF_ALONE = "gif_alone", _PERMANENT, "Give the GIF alone, or pictures only."
    IMAGE_TOO_LARGE = "image_too_large", _PERMANENT, "Make it smaller."

    # The language model.
    INSUFFICIENT_QUOTA = "insufficient_quota", _BUDGET, "Add credit or raise the limit in the billing page."
    DAILY_BUDGET = "daily_budget", _BUDGET, "It goes on tomorrow; XBOT_DAILY_BUDGET_USD is the limit."
    BUDGET_RESERVED = "budget_reserved", _TRANSIENT, _AGAIN
    RESERVATION_LOST = "reservation_lost", _TRANSIENT, _AGAIN
    API_HELD = "api_held", _BUDGET + _TRANSIENT, "The hold ends by itself, or when its cause does."
    SERVER_ERROR = "server_error", _TRANSIENT, _AGAIN
    TIMEOUT = "timeout", _TRANSIENT, _AGAIN
    CONNECTION_BROKEN = "connection_broken", _TRANSIENT, _AGAIN
    UNREACHABLE = "unreachable", _TRANSIENT, "Check the network and the address in the settings."
    BAD_ANSWER = "bad_answer", _PERMANENT + _TRANSIENT, "Look at the logs of whoever answered."
    BAD_PROXY = "bad_proxy", _PERMANENT, "Correct ALL_PROXY, HTTPS_PROXY or SSL_CERT_FILE in the environment."
    INVALID_API_KEY = "invalid_api_key", _PERMANENT, "Set XBOT_OPENAI_API_KEY to a valid key."
    ACCESS_DENIED = "access_denied", _PERMANENT, "Check the key's project and permissions."
    MODEL_NOT_FOUND = "model_not_found", _PERMANENT, "Set XBOT_PLAN_MODEL to one this key may use."
    NOT_FOUND = "not_found", _PERMANENT, "Check XBOT_OPENAI_BASE_URL; it usually ends in /v1."
    CONTENT_FILTER = "content_filter", _PERMANENT, "Look at the persona for words that it objects to."
    ANSWER_CUT = "answer_cut", _PERMANENT, "Raise XBOT_LLM_THINKING_TOKENS or lower XBOT_PLAN_EFFORT."
    PROMPT_TOO_LONG = "prompt_too_long", _PERMANENT, "Lower XBOT_POSTS_PER_PLAN."
    BAD_REQUEST = "bad_request", _PERMANENT, "Run 'xbot doctor --llm': it finds out what the server takes."
    LLM_ERROR = "llm_error", _PERMANENT, _REPORT
    PROCESS_DIED = "process_died", _UNKNOWN, "Nothing needs doing; its worst case is booked."
    UNKNOWN_MODEL_PRICE = "unknown_model_price", _PERMANENT, "Name its price in XBOT_PRICES_PATH."
    MODEL_RETIRED = "model_retired", _PERMANENT, "Set XBOT_PLAN_MODEL to one that is served."
    UNKNOWN_ARM = "unknown_arm", _PERMANENT, "Plan again."
    NO_LANGUAGE_MODEL = "no_language_model", _PERMANENT, _START
    NO_LLM = "no_llm", _PERMANENT, _START
    BAD_PERSONA = "bad_persona", _PERMANENT, "Correct the file that XBOT_PERSONA_PATH names."
    BAD_PRICES = "bad_prices", _PERMANENT, "Correct the file that XBOT_PRICES_PATH names."
    BAD_TEMPLATES = "bad_templates", _PERMANENT, "Correct the file that XBOT_TEMPLATES_PATH names."
    GATE_CLAIMS = "gate_claims", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_DUPLICATE = "gate_duplicate", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_FORMAT = "gate_format", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_FOLLOWS_DATA = "gate_follows_data", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_LANGUAGE = "gate_language", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_LENGTH = "gate_length", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_LINKS = "gate_links", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_NEAR_DUPLICATE = "gate_near_duplicate", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_NEVER_SAY = "gate_never_say", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_OTHER = "gate_other", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_SAFETY = "gate_safety", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN
    GATE_SUBSTANCE = "gate_substance", _PERMANENT + _TRANSIENT, _WRITTEN_AGAIN

    # The database and the cache.
    NO_DATABASE = "no_database", _PERMANENT, _START
    DATABASE_UNREACHABLE = "database_unreachable", _TRANSIENT, _START
    DATABASE_BUSY = "database_busy", _TRANSIENT, _AGAIN
    STATEMENT_TIMEOUT = "statement_timeout", _TRANSIENT, _AGAIN
    DATABASE_CONFLICT = "database_conflict", _TRANSIENT, _AGAIN
    WRITE_IN_DOUBT = "write_in_doubt", _UNKNOWN, "Look at the stored state before doing it again."
    DATABASE_MISSING = "database_missing", _PERMANENT, "Create it, or correct XBOT_DATABASE_URL."
    DATABASE_AUTH = "database_auth", _PERMANENT, "Correct the user and password in XBOT_DATABASE_URL."
    DATABASE_POOLED = "database_pooled", _PERMANENT, "Set XBOT_DATABASE_URL to the database's direct address."
    BAD_DATABASE_URL = "bad_database_url", _PERMANENT, "Correct XBOT_DATABASE_URL."
    DATABASE_CLOSED = "database_closed", _PERMANENT, _REPORT
    DATABASE_ERROR = "database_error", _PERMANENT, _REPORT
    INTEGRITY = "integrity", _PERMANENT, _REPORT
    STORE_ERROR = "store_error", _PERMANENT, _REPORT
    UNKNOWN_STATEMENT = "unknown_statement", _PERMANENT, _REPORT
    BAD_SQL_FILE = "bad_sql_file", _PERMANENT, _REPORT
    NO_MODEL_VERSION = "no_model_version", _PERMANENT, _REPORT
    SCHEMA_MISMATCH = "schema_mismatch", _PERMANENT, "Run xbot migrate."
    SCHEMA_OLDER = "schema_older", _PERMANENT, "Run xbot migrate."
    SCHEMA_NEWER = "schema_newer", _PERMANENT, "Upgrade the program; a schema never goes back."
    SCHEMA_CHANGED = "schema_changed", _PERMANENT, "Restore the file as it was released."
    BAD_MIGRATION = "bad_migration", _PERMANENT, "Name it NNNN_what_it_does.sql."
    MIGRATION_FAILED = "migration_failed", _PERMANENT, "Correct its cause, then run xbot migrate."
    BAD_REDIS_URL = "bad_redis_url", _PERMANENT, "Write it as redis://user:password@host:port/0, or 'off'."
    CACHE_AUTH = "cache_auth", _PERMANENT, "Correct XBOT_REDIS_URL."
    CACHE_UNREACHABLE = "cache_unreachable", _TRANSIENT, "Nothing is lost; it is only slower."
    CACHE_DOWN = "cache_down", _TRANSIENT, "Nothing is lost; it is only slower."
    CACHE_ERROR = "cache_error", _TRANSIENT, "Nothing is lost; it is only slower."

    # Backups.
    NO_BACKUP = "no_backup", _PERMANENT, "Name a file that 'xbot backup' made."
    NO_CLIENT = "no_client", _PERMANENT, "Install PostgreSQL's client programs, so that pg_dump is on the PATH."
    BACKUP_DAMAGED = "backup_damaged", _PERMANENT, "Give an older backup, or another copy of this one."
    BACKUP_FAILED = "backup_failed", _PERMANENT, "See that the database answers and the disk has room, then try again."
    BACKUP_EXISTS = "backup_exists", _PERMANENT, "Name a file that is not there yet."
    BACKUP_OF_ANOTHER = "backup_of_another", _PERMANENT, "Set XBOT_HANDLE and XBOT_MODE to what the backup is of."
    RESTORE_NOT_EMPTY = "restore_not_empty", _PERMANENT, "Give an empty database, or --force to replace this one."
    RESTORE_IN_USE = "restore_in_use", _PERMANENT, "Stop everything that uses the database, then restore."
    RESTORE_FAILED = "restore_failed", _PERMANENT, "Nothing was changed. Try another backup."
    RESTORE_DIFFERS = "restore_differs", _PERMANENT, "Make a new backup, and try that."
    DRILL_FAILED = "drill_failed", _PERMANENT, "Run 'xbot backup drill' by hand, and make a new backup."
    RESTORED = "restored", _PERMANENT, "It ends by itself when the timeline was compared with the restored queue."

    # The machine and the stack.
    NOT_TEXT = "not_text", _PERMANENT, "Write it in UTF-8, without control characters."
    AWKWARD_PATH = "awkward_path", _PERMANENT, "Move the clone or installation to another directory."
    BAD_SETTINGS = "bad_settings", _PERMANENT, "Correct the environment or .env."
    DISK_FULL = "disk_full", _PERMANENT, "Free some disk space."
    HOME_UNWRITABLE = "home_unwritable", _PERMANENT, "Correct the permissions, or set XBOT_HOME."
    UNSAFE_DIRECTORY = "unsafe_directory", _PERMANENT, "Move it away and start again."
    SECRETS_DAMAGED = "secrets_damaged", _PERMANENT, "Restore it from a copy."
    SECRETS_EXPOSED = "secrets_exposed", _PERMANENT, "Let nobody else read it: chmod 600 .env."
    NO_SERVICE_ACCOUNT = "no_service_account", _PERMANENT, "Create it, or start as another user."
    PORT_TAKEN = "port_taken", _PERMANENT, "Stop the program that has it, or change the setting."
    NOT_RUNNING = "not_running", _PERMANENT, "Start it with scripts/run or 'xbot up'."
    ALREADY_SET_UP = "already_set_up", _PERMANENT, "Edit what is there, or move it away first."
    ALREADY_RUNNING = "already_running", _PERMANENT, "Stop it with Ctrl-C where it runs."
    NO_POSTGRES = "no_postgres", _PERMANENT, "Install xbot-assets again, or in a clone run scripts/run."
    POSTGRES_RUNNING = "postgres_running", _PERMANENT, "Stop the stack first."
    POSTGRES_VERSION = "postgres_version", _PERMANENT, "Use the version that made the data."
    POSTGRES_OWNER = "postgres_owner", _PERMANENT, "Start as the user who made the data."
    POSTGRES_FAILED = "postgres_failed", _PERMANENT, "See its log."
    NO_VALKEY = "no_valkey", _PERMANENT, "Set XBOT_REDIS_URL to a Redis, or to 'off'."
    START_FAILED = "start_failed", _PERMANENT, "See its log."
    SERVICE_DOWN = "service_down", _TRANSIENT, "See logs/service.log."
    DAEMON_SILENT = "daemon_silent", _TRANSIENT, "See logs/dagster-daemon.log."
    PASS_FAILED = "pass_failed", _PERMANENT, "See logs/once.log."
    PASS_INCOMPLETE = "pass_incomplete", _PERMANENT, "See logs/once.log."
    STEP_FAILED = "step_failed", _PERMANENT, "See logs/once.log."
    SANDBOX_DOWN = "sandbox_down", _TRANSIENT, "See logs/sandbox.log."
    NO_SANDBOX = "no_sandbox", _PERMANENT, _START
    NOT_THE_SANDBOX = "not_the_sandbox", _PERMANENT, "Start the stack in sandbox mode."
    BAD_FAULT = "bad_fault", _PERMANENT, "See 'xbot sandbox fault --list'."
    BAD_CLOCK = "bad_clock", _PERMANENT, "Choose a rate and a time that a year can hold."
    BAD_DURATION = "bad_duration", _PERMANENT, "Write it as 26h, 90m or 1d12h."
    TIME_BACKWARDS = "time_backwards", _PERMANENT, "Give a positive time."
    # Dagster and replay.
    NO_DAGSTER = "no_dagster", _PERMANENT, "Install xbot-assets again, or in a clone run scripts/run."
    NO_DAGSTER_YAML = "no_dagster_yaml", _PERMANENT, "Install xbot-assets again: a file of it is missing."
    DAGSTER_STORAGE = "dagster_storage", _PERMANENT, "See its log."
    NO_LANE = "no_lane", _PERMANENT, "Put the step in the pool of its lane."
    GRAPH_SLOW = "graph_slow", _PERMANENT, "See that the machine is not busy with other work."
    GRAPH_BROKEN = "graph_broken", _PERMANENT, "Run scripts/check."
    BAD_CATALOGUE = "bad_catalogue", _PERMANENT, "Correct replay/catalogue.toml."
    BAD_JOBS_FILE = "bad_jobs_file", _PERMANENT, "Correct the file; nothing of it was used."
    CANNOT_WRITE_PLOTS = "cannot_write_plots", _PERMANENT, "Name a folder that can be written to."
    CANNOT_WRITE_REPORT = "cannot_write_report", _PERMANENT, "Name a file that can be written to with --out."


GATE_CODES = frozenset(code for code in FailureCode if code.startswith("gate_"))
"""A text that a gate refused: the gate's name ends the code."""


def gate_code(gate: str) -> FailureCode:
    """Return the code of a text that this gate refused; a gate that has none here must not stop the writing."""
    return FailureCode.__members__.get(f"GATE_{gate.upper()}", FailureCode.GATE_OTHER)
