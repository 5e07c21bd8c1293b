"""Names that are no settings: each is told together with the setting that was most likely meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher

OF_TESTS = "TEST_"
"""What begins so, after the prefix, is for this project's own tests and no setting."""
_OF_OTHERS = {
    name: setting
    for setting, names in {
        "PLAN_MODEL": "MODEL LLM_MODEL OPENAI_MODEL MODEL_NAME MODELNAME",
        "OPENAI_BASE_URL": "OPENAI_API_BASE API_BASE ENDPOINT LLM_URL LLM_BASE_URL LLM_ENDPOINT LLM_HOST API_URL",
        "OPENAI_API_KEY": "KEY LLM_KEY LLM_API_KEY LLM_TOKEN API_TOKEN OPENROUTER_API_KEY ANTHROPIC_API_KEY",
        "LLM": "PROVIDER",
        "TIMEZONE": "TZ",
        "HANDLE": "USERNAME USER ACCOUNT NAME ACCOUNT_NAME SCREEN_NAME",
        "BROWSER_PATH": "BROWSER CHROME CHROMIUM",
        "MODE": "LIVE SHADOW DRY_RUN SANDBOX ENV ENVIRONMENT",
        "HOME": "DIR DATA_DIR STATE_DIR DATA_PATH DATA",
        "PERSONA_PATH": "LANGUAGE LANG LOCALE TOPICS TONE",
        "POSTS_PER_DAY_MAX": "MAX_POSTS POSTS_MAX DAILY_POSTS POSTS",
        "DAILY_BUDGET_USD": "DAILY_LIMIT COST_LIMIT SPEND_LIMIT MAX_COST MAX_COST_USD",
        "ALERT_URLS": "TELEGRAM_TOKEN WEBHOOK WEBHOOK_URL SLACK SLACK_URL NTFY NTFY_URL EMAIL MAIL SMTP SMTP_URL",
        "REDIS_URL": "CACHE_URL",
        "SERVICE_PORT": "STATUS_PORT",
        "WEB_PORT": "DAGSTER_PORT",
    }.items()
    for name in names.split()
}
"""What other programs call it: spelled like another setting, or like none."""
_OF_NOBODY = frozenset(
    {"TEMPERATURE", "MAX_TOKENS", "HEADLESS", "LOG_LEVEL", "LOGLEVEL", "DEBUG", "SECRET", "TOKEN", "PASSWORD"}
)
"""What other programs can be told and this one cannot: the names that are spelled alike are about something else."""
_SAME_WORDS = {
    "DB": "DATABASE",
    "PG": "DATABASE",
    "POSTGRES": "DATABASE",
    "POSTGRESQL": "DATABASE",
    "VALKEY": "REDIS",
    "CHROME": "BROWSER",
    "CHROMIUM": "BROWSER",
    "DIR": "PATH",
    "FOLDER": "PATH",
    "FILE": "PATH",
    "ENDPOINT": "URL",
    "PRICE": "PRICES",
}
_ALIKE = 0.55
"""Below this the nearest name is another setting: nothing is suggested."""
_WORD_WEIGHT = 0.5
"""Of shared words against shared letters: a forgotten word is as likely as a slip of the hand."""


def unknown_names(names: Iterable[str], prefix: str, settings: Iterable[str]) -> list[str]:
    """Return a sentence for each of these names that is no setting.

    Args:
        names: as they are written in the environment or ``.env``, each beginning with the prefix in some case.
        prefix: what the name of every setting begins with.
        settings: the fields' names, in small letters.
    """
    known = {name.upper() for name in settings}
    rests = {name: name[len(prefix) :] for name in names}
    return [
        _sentence(name, prefix, nearest(rest, known))
        for name, rest in sorted(rests.items())
        if name != prefix + rest or (rest not in known and not rest.startswith(OF_TESTS))
    ]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the name most like this one, in capitals; ``None`` when none is like it."""
    written, all_known = name.upper().replace("-", "_"), set(known)
    if _OF_OTHERS.get(written) in all_known and written not in all_known:
        return _OF_OTHERS[written]
    if written in _OF_NOBODY - all_known:
        return None
    meant = "_".join(_SAME_WORDS.get(word, word) for word in written.split("_"))
    score, best = max(((_likeness(meant, one), one) for one in sorted(all_known)), default=(0.0, ""))
    return best if score >= _ALIKE else None


def _likeness(name: str, other: str) -> float:
    """Compare letters in their order, and words whatever their order; from 0 to 1."""
    letters = SequenceMatcher(None, name, other, autojunk=False).ratio()
    words, others = set(name.split("_")), set(other.split("_"))
    shared = len(words & others) / min(len(words), len(others))
    return max(letters, letters * (1 - _WORD_WEIGHT) + shared * _WORD_WEIGHT)


def _sentence(name: str, prefix: str, meant: str | None) -> str:
    if meant is None:
        return f"{name} is not a setting; see .env.example for the names."
    return f"{name} is not a setting; the nearest is {prefix}{meant}."
