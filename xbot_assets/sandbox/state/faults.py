"""Named faults and switches of the sandbox: what can be broken on purpose, and which values each accepts.

X faults and LLM faults (``llm_*``) live in one registry and one table, so they survive a restart.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from xbot_assets.sandbox.state.database import Database

FaultValue = bool | int | float | str
AnyValue = FaultValue | dict[str, FaultValue]
"""A plain value, or for an LLM fault ``{"value": v, "probability": p, "count": n}``: see :func:`_sometimes_problem`."""

LLM_PREFIX = "llm_"

LONGEST_DELAY_SECONDS = 600.0
"""No fault may hold a request longer than this."""

LLM_STATUSES = (0, 400, 401, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504)
"""What a chat completion can be told to answer; 0 is off."""


LLM_DIALECTS = (
    "openai",
    "azure",
    "openrouter",
    "groq",
    "xai",
    "mistral",
    "deepseek",
    "vllm",
    "ollama",
    "gemini",
    "anthropic",
)
"""The servers as which the sandbox's can answer."""

MOST_THINKING_TOKENS = 1_000_000
LOCALES = ("en", "de", "ja", "es", "fr", "zh-Hant", "ar", "hi")
"""The languages that the page has words for."""


class FaultRefusedError(ValueError):
    """A set of faults holds an unknown name or a wrong value; ``problems`` lists each in one sentence."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Fault:
    """One switch: what it does, which values it takes, and the value it has when nobody set it."""

    meaning: str
    expects: str
    accepts: Callable[[object], bool]
    default: FaultValue


def _flag(meaning: str) -> Fault:
    return Fault(meaning, "true or false", lambda value: isinstance(value, bool), default=False)


def _seconds(meaning: str) -> Fault:
    def accepts(value: object) -> bool:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and 0 <= float(str(value)) <= LONGEST_DELAY_SECONDS

    return Fault(meaning, f"seconds from 0 to {LONGEST_DELAY_SECONDS:g}", accepts, default=0.0)


def _whole(meaning: str) -> Fault:
    def accepts(value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_THINKING_TOKENS

    return Fault(meaning, f"a whole number from 0 to {MOST_THINKING_TOKENS}", accepts, default=0)


def _one_of(meaning: str, choices: tuple[FaultValue, ...], default: FaultValue) -> Fault:
    def accepts(value: object) -> bool:
        # A program may write 429 or "429"; true is neither 1 nor "True".
        return any(value == c and isinstance(value, bool) is isinstance(c, bool) for c in choices) or (
            isinstance(value, str | int) and not isinstance(value, bool) and str(value) in map(str, choices)
        )

    return Fault(meaning, f"one of {', '.join(map(str, choices))}", accepts, default)


FAULTS: dict[str, Fault] = {
    "slow_seconds": _seconds("every page and GraphQL answer of the site waits this long (real seconds)"),
    "logged_out": _flag("every session counts as expired"),
    "locked": _flag("the account is locked: pages lead to /account/access, GraphQL answers 326"),
    "suspended": _flag("the account is suspended: a banner on its pages, CreateTweet answers 64"),
    "rate_limited": _flag("GraphQL answers 429"),
    "create_error": _one_of("CreateTweet answers 200 with this error", (0, 64, 186, 187, 226, 326, 344, 385), 0),
    "drop_after_commit": _flag("CreateTweet keeps the post, then the connection breaks without an answer"),
    "hide_after_create_seconds": _seconds("a new post shows only this much sandbox time after its creation"),
    "silent_removal": _flag("CreateTweet succeeds and the post is gone at once"),
    "media_upload_fails": _flag("the last step of an image's upload answers 503"),
    "media_refused": _flag("the last step of an image's upload refuses the file: 400"),
    "media_alt_explained_again": _flag("the dialog for image descriptions explains itself whenever it opens"),
    "media_alt_lost": _flag("the dialog for image descriptions keeps none of them on Save"),
    "media_slow_seconds": _seconds("an uploaded image is processed for this long (real seconds)"),
    "late_button_seconds": _seconds("the Post button is ready only this long after the last change (real seconds)"),
    "overlay": _one_of(
        "what lies over the composer: a banner with a close button, one that passes after 3 s, one that is stuck; a"
        " sheet that closes by its button (sheet), by Escape, by a click beside it, or not at all (locked)",
        ("off", "banner", "passing", "stuck", "sheet", "escape", "beside", "locked"),
        "off",
    ),
    "suggestions": _one_of(
        "a hashtag or name being written opens a list: at once, after 0.7 s (late), or one that Escape does not close",
        ("off", "on", "late", "stuck"),
        "off",
    ),
    "changed_markup": _flag("the page uses other test ids"),
    "down": _flag("every X route answers 503"),
    "script_load_failure": _flag("the page's script does not load"),
    "unlabelled": _flag("our accounts do not carry the label of automated accounts"),
    "tabs": _one_of(
        "the lists of a profile: split: originals, replies and reposts each have one; joined: posts, posts and replies",
        ("split", "joined"),
        "split",
    ),
    "list_names": _one_of(
        "new: the lists of a profile are asked for by names that nobody knows", ("known", "new"), "known"
    ),
    "account_shown": _one_of(
        "whether and why accounts other than ours are not shown, nor their posts on profile and status pages",
        ("yes", "missing", "suspended", "protected", "blocked"),
        "yes",
    ),
    "ours_unshown": _flag("account_shown strikes our own accounts too, which are always shown to themselves otherwise"),
    "company": _one_of(
        "lively: a bot answers every post of ours, somebody says stop when answered, others quote, mention and like;"
        " crowded: a bot without the label and an endless talker too, and questions that are sensitive or taken back",
        ("calm", "lively", "crowded"),
        "calm",
    ),
    "user_shape": _one_of("shape of user objects in GraphQL", ("2024", "2025", "2026"), "2026"),
    "locale": _one_of("language of the page's labels", LOCALES, "en"),
    "translated": _one_of(
        "posts are shown in translation; true: the data keep their own words; untold: nor do the data tell them whole",
        (True, False, "untold"),
        default=False,
    ),
    "counts_hidden": _flag("neither the page nor its data (in the shape of 2026) tell any count of posts and accounts"),
    "cropped_ads": _flag("ads stand in lists without the element that marks them as ads"),
    "list_fails": _flag("lists of posts answer 404, and the page shows a line and a button to try again"),
    "llm_status": _one_of("chat completions answer with this status", LLM_STATUSES, 0),
    "llm_retry_after": _seconds("the Retry-After header of an LLM refusal"),
    "llm_insufficient_quota": _flag("chat completions answer 429 with code insufficient_quota"),
    "llm_garbage": _one_of(
        "true: the message is not JSON; body: the HTTP body is cut in the middle", (True, False, "body"), default=False
    ),
    "llm_wrong_shape": _flag("the answer's content does not fit the requested schema"),
    "llm_delay_seconds": _seconds("chat completions wait this long (real seconds)"),
    "llm_refusal": _flag("the model refuses instead of answering"),
    "llm_cut": _flag("the connection breaks in the middle of the answer's body, after the work is done and billed"),
    "llm_unknown_model": _flag("every model asked for is unknown: 404 with code model_not_found"),
    "llm_wrong_language": _flag("posts are in another language than asked for"),
    "llm_over_long": _flag("posts are longer than the limit asked for"),
    "llm_duplicate": _flag("posts repeat one that the prompt shows as published, or one written before"),
    "llm_dialect": _one_of("the server answers, bills and refuses as this one does", ("", *LLM_DIALECTS), ""),
    "llm_thinking_tokens": _whole("tokens billed for thinking beside each answer, told in the total only"),
    "llm_gullible": _one_of(
        "the model obeys orders in posts by others: true: anywhere; outside: only where they stand outside any tags",
        (True, False, "outside"),
        default=False,
    ),
}
"""Every fault the sandbox knows."""


class Faults:
    """The active faults. Reading one is a dictionary look-up; writing goes through to the state file."""

    def __init__(self, database: Database) -> None:
        self._database = database
        rows = database.all("select name, value from faults")
        self._active: dict[str, AnyValue] = {r["name"]: json.loads(r["value"]) for r in rows if r["name"] in FAULTS}

    def active(self) -> dict[str, AnyValue]:
        """Return the faults that were set, by name."""
        return dict(self._active)

    def replace(self, wanted: Mapping[str, object]) -> None:
        """Make ``wanted`` the whole set of active faults.

        Raises:
            FaultRefusedError: for an unknown name or a wrong value; nothing changes then.
        """
        if problems := [p for name, value in wanted.items() if (p := _problem(name, value))]:
            raise FaultRefusedError(problems)
        chosen = {name: value for name, value in wanted.items() if isinstance(value, bool | int | float | str | dict)}
        with self._database.transaction():
            self._database.run("delete from faults")
            for name, value in chosen.items():
                self._database.run("insert into faults (name, value) values (?, ?)", (name, json.dumps(value)))
        self._active = chosen

    def get(self, name: str) -> AnyValue | None:
        """Return an active fault's value, or ``None`` when it is off."""
        return self._active.get(name)

    def value(self, name: str) -> FaultValue:
        """Return a fault's value, or its default when it is not set or strikes only sometimes."""
        value = self._active.get(name, FAULTS[name].default)
        return FAULTS[name].default if isinstance(value, dict) else value

    def flag(self, name: str) -> bool:
        """Return a yes-or-no fault."""
        return bool(self.value(name))

    def number(self, name: str) -> float:
        """Return a fault that is a number: seconds, a status or a code; 0 when not set."""
        return float(self.value(name))

    def text(self, name: str) -> str:
        """Return a fault that is a word."""
        return str(self.value(name))


def _problem(name: str, value: object) -> str:
    fault = FAULTS.get(name)
    if fault is None:
        return f"There is no fault {name!r}; known: {', '.join(FAULTS)}."
    if isinstance(value, dict):
        return _sometimes_problem(name, fault, value)
    return "" if fault.accepts(value) else f"{name} takes {fault.expects}."


def _sometimes_problem(name: str, fault: Fault, given: Mapping[str, object]) -> str:
    """Check a fault that strikes only some requests: with a probability, and at most ``count`` times."""
    if not name.startswith(LLM_PREFIX):
        return f"{name} takes {fault.expects}; only {LLM_PREFIX}* faults take a probability or a count."
    if "value" not in given or not given.keys() <= {"value", "probability", "count"}:
        return f"{name} needs a value, and may have a probability and a count, and nothing else."
    probability, count = given.get("probability", 1), given.get("count", 1)
    if isinstance(probability, bool) or not isinstance(probability, int | float) or not 0 <= probability <= 1:
        return f"The probability of {name} is a number from 0 to 1."
    if isinstance(count, bool) or not isinstance(count, int) or count < 1:
        return f"The count of {name} is a whole number from 1."
    return "" if fault.accepts(given["value"]) else f"The value of {name} is {fault.expects}."
