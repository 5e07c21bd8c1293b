"""Names that are no settings: each is told together with the setting that was most likely meant."""

from collections.abc import Iterable
from difflib import SequenceMatcher

OF_TESTS = "TEST_"
"""What begins so, after the prefix, is for this project's own tests and no setting."""
_OF_OTHERS = {
    "MODEL": "PLAN_MODEL",
    "LLM_MODEL": "PLAN_MODEL",
    "OPENAI_MODEL": "PLAN_MODEL",
    "OPENAI_API_BASE": "OPENAI_BASE_URL",
    "API_BASE": "OPENAI_BASE_URL",
    "PROVIDER": "LLM",
    "TZ": "TIMEZONE",
    "USERNAME": "HANDLE",
    "USER": "HANDLE",
    "ACCOUNT": "HANDLE",
    "BROWSER": "BROWSER_PATH",
}
"""What other programs call it: spelled like another setting, or like none."""
_SAME_WORDS = {
    "DB": "DATABASE",
    "PG": "DATABASE",
    "POSTGRES": "DATABASE",
    "POSTGRESQL": "DATABASE",
    "VALKEY": "REDIS",
    "CHROME": "BROWSER",
    "CHROMIUM": "BROWSER",
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
