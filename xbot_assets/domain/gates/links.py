"""The gate of links: the persona says whether there may be any, and to where."""

import re

from xbot_assets.domain.gates.context import GateContext
from xbot_assets.domain.gates.reading.plain import plain
from xbot_assets.domain.gates.refusal import Refusal

_ENDINGS = (
    "com|org|net|edu|gov|info|biz|app|dev|blog|news|xyz|online|shop|site|store|io|ai|ly|gg|tv|me|link|club|page|live|"
    "world|tech|pro|eu|uk|de|fr|ca|au|nl|be|ee|gl"
)
_DOT = r"(?:\.|\[\.\]|\(\.\)|\[dot\]|\(dot\)|\ dot\ )"
_LINK = re.compile(
    rf"""
    \b(?:https?|hxxps?|ftp)\s?:\s?//\s?(?P<scheme>[^\s/]+)
    | \b(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?<![\w@.])(?P<name>(?:[a-z0-9-]+{_DOT})+(?:{_ENDINGS}))\b(?!\.\w)(?!\ (?:boom|bubble|crash|era))
    | (?<![\w@.])(?P<country>(?:[a-z0-9-]+\.)+[a-z]{{2}})(?=/\w)
    | (?<![\w.])(?P<address>\d{{1,3}}(?:\.\d{{1,3}}){{3}})(?![\w.])
    """,
    re.IGNORECASE | re.VERBOSE,
)


def links(text: str, context: GateContext) -> Refusal | None:
    """Refuse links that the persona does not allow; an e-mail address counts as one."""
    policy, hosts = context.persona.links, places(text)
    if policy == "any" or not hosts:
        return None
    if policy == "none":
        return Refusal("links", "It holds a link or an address: this account posts none.")
    if all(_listed(place, context.persona.link_domains) for place in hosts):
        return None
    return Refusal("links", f"It links to a place that is not one of: {', '.join(context.persona.link_domains)}.")


def places(text: str) -> list[str]:
    """Return the host of every link, in lower case, however it is disguised."""
    # A line break is white space to X, but ends a name for us.
    hosts = (next(part for part in match.groups() if part) for match in _LINK.finditer(plain(text)))
    return [re.sub(_DOT, ".", place, flags=re.IGNORECASE).casefold().rstrip(".,;:!?") for place in hosts]


def _listed(place: str, domains: tuple[str, ...]) -> bool:
    return any(place == domain.casefold() or place.endswith(f".{domain.casefold()}") for domain in domains)
