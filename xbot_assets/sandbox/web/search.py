"""Search queries as X reads them: words, phrases, exclusions and the operators that the sandbox knows.

An unknown operator is searched for as a word, as X does.
"""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from xbot_assets.sandbox.people.audience import Audience
from xbot_assets.sandbox.state.clock import stamp
from xbot_assets.sandbox.state.database import Value

_TOKEN = re.compile(r'(-?)(?:(\w+):)?(?:"([^"]*)"|(\S+))')
_BRACKETS = re.compile(r'"[^"]*"|[()]')
_OR = ("", "", "", "OR")
_HAS = "text like ? escape '\\'"
_LEAST = {"min_faves": "likes", "min_retweets": "reposts", "min_replies": "replies"}
_AUTHOR = "account_id in (select id from accounts where handle = ?)"
_ANSWERED = "in_reply_to in (select id from posts where account_id in (select id from accounts where handle = ?))"
_FILTERS = {
    "replies": "in_reply_to is not null",
    "quote": "quoted_id is not null",
    "media": "media <> '[]'",
    "images": "media like '%\"photo\"%'",
    "videos": "media like '%\"video\"%'",
    "links": "text like '%http%://%'",
    "nativeretweets": "reposted_id is not null",
}


@dataclass(slots=True)
class Query:
    """A read query: SQL conditions, and the least counts a post must have (or, negated, the most)."""

    clauses: list[str] = field(default_factory=lambda: ["promoted = 0", "reposted_id is null"])
    args: list[Value] = field(default_factory=list)
    least: list[tuple[str, int, bool]] = field(default_factory=list)

    @property
    def counts_matter(self) -> bool:
        """Say whether counts must be looked at."""
        return bool(self.least)

    def condition(self) -> tuple[str, list[Value]]:
        """Return the SQL condition and its values."""
        return " and ".join(f"({clause})" for clause in self.clauses), list(self.args)

    def fits(self, counts: Audience) -> bool:
        """Say whether a post's counts pass."""
        return all((getattr(counts, name) >= least) is not negated for name, least, negated in self.least)

    def add(self, clause: str, *args: Value, negated: bool = False) -> None:
        """Add one condition."""
        self.clauses.append(f"not ({clause})" if negated else clause)
        self.args += args


def parse(raw: str) -> Query:
    """Read a query; the words of ``a OR b`` are alternatives, all others must occur."""
    query, tokens = Query(), _TOKEN.findall(_BRACKETS.sub(_unbracketed, raw))
    while tokens:
        alternatives = [tokens.pop(0)]
        while len(tokens) > 1 and tokens[0] == _OR:
            tokens.pop(0)
            alternatives.append(tokens.pop(0))
        if len(alternatives) > 1:
            words = [_like((phrase or word).strip("()")) for _, _, phrase, word in alternatives]
            query.add(" or ".join([_HAS] * len(words)), *words)
        else:
            minus, operator, phrase, word = alternatives[0]
            _apply(query, operator.lower(), phrase or word, negated=minus == "-")
    return query


def _unbracketed(match: re.Match[str]) -> str:
    """Keep a phrase whole; brackets only group what OR joins, which is read that way without them."""
    return match[0] if match[0].startswith('"') else " "


def _apply(query: Query, operator: str, value: str, *, negated: bool) -> None:
    if operator in _LEAST and value.isdigit():
        query.least.append((_LEAST[operator], int(value), negated))
    elif operator == "filter" and value in _FILTERS:
        query.add(_FILTERS[value], negated=negated)
    elif operator == "from":
        query.add(_AUTHOR, value.lstrip("@"), negated=negated)
    elif operator == "to":
        query.add(_ANSWERED, value.lstrip("@"), negated=negated)
    elif operator in {"lang", "conversation_id", "quoted_tweet_id"}:
        column = {"lang": "lang", "quoted_tweet_id": "quoted_id"}.get(operator, operator)
        query.add(f"{column} = ?", value, negated=negated)
    elif not _apply_time(query, operator, value):
        words = f"{operator}:{value}" if operator else value.strip("()")
        query.add(_HAS, _like(words), negated=negated)


def _apply_time(query: Query, operator: str, value: str) -> bool:
    if operator not in {"since", "until", "since_time", "until_time"}:
        return False
    try:
        if operator.endswith("_time"):
            moment = datetime.fromtimestamp(int(value), UTC)
        else:
            moment = datetime.fromisoformat(value).replace(tzinfo=UTC)
    except (ValueError, OverflowError, OSError):
        return False
    query.add("created_at >= ?" if operator.startswith("since") else "created_at < ?", stamp(moment))
    return True


def _like(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
