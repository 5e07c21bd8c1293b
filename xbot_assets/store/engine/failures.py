"""The one place where psycopg's exceptions become the product's failures; the cache's are in ``cache_failures.py``.

No message here may hold a password: libpq's and the server's own messages name hosts, users and databases, never a
password; connection strings are not quoted.
"""

import psycopg
import psycopg_pool

from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError, TransientFailure, UnknownOutcome
from xbot_assets.store.engine.pooler import REFUSED_PARAMETER, pooled

START_PARTS = "Start the parts with scripts/run or 'xbot up', or correct XBOT_DATABASE_URL."
_NO_SUCH_TABLE = ("42P01", "42703", "3F000", "42883")
_TRANSIENT_STATES = {
    "53300": (FailureCode.DATABASE_BUSY, "The database has no free connection."),
    "57014": (FailureCode.STATEMENT_TIMEOUT, "A database statement took too long and was cancelled."),
    "40001": (FailureCode.DATABASE_CONFLICT, "The database gave up on two changes that collided."),
    "40P01": (FailureCode.DATABASE_CONFLICT, "The database gave up on two changes that waited for each other."),
    "55P03": (FailureCode.DATABASE_CONFLICT, "Another process held a database lock for too long."),
}
_STOPPING = ("57P01", "57P02", "57P03")
_DISK_FULL = "53100"
_UNIQUE_OPEN_TEXT = "posts_one_open_text"
_UNIQUE_REPLY = "posts_one_reply"


def classify(exc: BaseException) -> ProductError:
    """Turn a driver's exception into the failure it means; a :class:`ProductError` comes back unchanged."""
    if isinstance(exc, ProductError):
        return exc
    if isinstance(exc, psycopg_pool.PoolTimeout | psycopg_pool.TooManyRequests):
        return TransientFailure("No database connection became free in time.", code=FailureCode.DATABASE_BUSY)
    if isinstance(exc, psycopg.Error):
        return _classify_database(exc)
    return PermanentFailure(f"Unexpected {type(exc).__name__} in the store.", code=FailureCode.STORE_ERROR)


def connection_was_lost(exc: BaseException) -> bool:
    """Say whether the connection broke without the server's word on what became of the statement."""
    return isinstance(exc, psycopg.OperationalError) and exc.sqlstate is None


def write_in_doubt() -> UnknownOutcome:
    """Build the failure of a change whose connection broke before the server answered."""
    return UnknownOutcome(
        "The database connection broke during a change; it may or may not have been stored.",
        code=FailureCode.WRITE_IN_DOUBT,
        remedy="Look at the stored state before doing it again.",
    )


def unreachable(detail: str) -> TransientFailure:
    """Build the failure of a database that does not answer."""
    return TransientFailure(
        f"The database does not answer: {detail}", code=FailureCode.DATABASE_UNREACHABLE, remedy=START_PARTS
    )


def classify_connect(exc: psycopg.Error) -> ProductError:
    """Turn a failed connection attempt into its failure.

    libpq gives no SQLSTATE for a failed attempt, so the server's words decide; a server that speaks another
    language than English is told apart by what libpq knows about the password exchange.
    """
    words = _first_line(exc)
    if REFUSED_PARAMETER in words:
        return pooled("it does not pass on a parameter in XBOT_DATABASE_URL.")
    missing = "does not exist" in words and "database" in words
    if missing:
        return PermanentFailure(
            "The database named in XBOT_DATABASE_URL does not exist.",
            code=FailureCode.DATABASE_MISSING,
            remedy="Create it (createdb NAME) or correct XBOT_DATABASE_URL.",
        )
    if _password_refused(exc, words):
        return PermanentFailure(
            "The database refused the user, the password or this machine.",
            code=FailureCode.DATABASE_AUTH,
            remedy="Correct the user and password in XBOT_DATABASE_URL.",
        )
    return unreachable(words)


def _password_refused(exc: psycopg.Error, words: str) -> bool:
    if any(sign in words for sign in ("authentication failed", "no password supplied", "no pg_hba.conf entry")):
        return True
    if "role" in words and "does not exist" in words:
        return True
    return exc.pgconn is not None and bool(exc.pgconn.needs_password)


def _first_line(exc: psycopg.Error) -> str:
    lines = str(exc).strip().splitlines()
    return lines[0].strip() if lines else type(exc).__name__


def _classify_database(exc: psycopg.Error) -> ProductError:
    state = exc.sqlstate
    if state is None:
        return _without_state(exc)
    if state in _TRANSIENT_STATES:
        code, reason = _TRANSIENT_STATES[state]
        return TransientFailure(reason, code=code)
    if state in _STOPPING:
        return unreachable("it is starting or stopping.")
    return _permanent(exc, state)


def _without_state(exc: psycopg.Error) -> ProductError:
    if isinstance(exc, psycopg.OperationalError):
        return unreachable(_first_line(exc))
    return PermanentFailure(f"The database driver refused: {_first_line(exc)}", code=FailureCode.DATABASE_ERROR)


def _permanent(exc: psycopg.Error, state: str) -> PermanentFailure:
    words = exc.diag.message_primary or type(exc).__name__
    if state == _DISK_FULL:
        return PermanentFailure(
            "The database's disk is full.", code=FailureCode.DISK_FULL, remedy="Free disk space, then run it again."
        )
    if exc.diag.constraint_name == _UNIQUE_OPEN_TEXT:
        return PermanentFailure("A post with the same text is already waiting.", code=FailureCode.DUPLICATE_TEXT)
    if exc.diag.constraint_name == _UNIQUE_REPLY:
        return PermanentFailure("That post on X was answered already.", code=FailureCode.ALREADY_ANSWERED)
    if state in _NO_SUCH_TABLE:
        return PermanentFailure(
            f"The database schema does not fit this program: {words}.",
            code=FailureCode.SCHEMA_MISMATCH,
            remedy="Run xbot migrate.",
        )
    if isinstance(exc, psycopg.IntegrityError):
        return PermanentFailure(f"The database refused a row: {words}.", code=FailureCode.INTEGRITY)
    return PermanentFailure(f"The database refused a statement: {words} ({state}).", code=FailureCode.DATABASE_ERROR)
