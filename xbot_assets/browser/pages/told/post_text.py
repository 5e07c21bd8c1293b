"""A post's text as its author wrote it, from X's own data: whole, with its links, and never a translation."""

from itertools import pairwise

from xbot_assets.browser.pages.told.graphql import at

_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"))
"""The signs that X escapes in ``full_text``, the escaping one last."""
Range = tuple[int, int]
"""From and to, in code points of the escaped text, as X counts them."""


def author_text(post: object) -> str | None:
    """Return a post's whole text with its links as they were written; ``None`` when the answer has only a beginning.

    Left out is what X puts around it: the names before an answer, and the links to the post's own media.
    """
    note = at(post, "note_tweet", "note_tweet_results", "result")
    if isinstance(at(note, "text"), str):
        return _with_links(at(note, "text"), at(note, "entity_set", "urls"), None)
    written, shown = at(post, "legacy", "full_text"), at(post, "legacy", "display_text_range")
    if not isinstance(written, str) or at(post, "note_tweet") or at(post, "legacy", "truncated"):
        return None
    if at(post, "legacy", "retweeted_status_result"):
        return None  # "RT @name: " and the beginning of another post
    text = _with_links(written, at(post, "legacy", "entities", "urls"), _range(shown, len(written)))
    return None if text is None else _unescaped(text)


def _with_links(text: str, urls: object, within: Range | None) -> str | None:
    """Put each link's address in the place of its t.co one; ``None`` when the places do not fit the text."""
    start, end = within or (0, len(text))
    links = sorted(_links(urls, text))
    if any(first[0][1] > second[0][0] for first, second in pairwise(links)):
        return None
    parts, done = [], start
    for (begins, ends), address in links:
        if begins >= done and ends <= end:
            parts += [text[done:begins], address]
            done = ends
    return "".join([*parts, text[done:end]])


def _links(urls: object, text: str) -> list[tuple[Range, str]]:
    links: list[tuple[Range, str]] = []
    for url in urls if isinstance(urls, list) else []:
        place, address, short = _range(at(url, "indices"), len(text)), at(url, "expanded_url"), at(url, "url")
        if place is not None and isinstance(address, str) and text[place[0] : place[1]] == short:
            links.append((place, address))
    return links


def _range(told: object, length: int) -> Range | None:
    match told:
        case [int(start), int(end)] if 0 <= start <= end <= length:
            return start, end
    return None


def _unescaped(text: str) -> str:
    for written, sign in _ENTITIES:
        text = text.replace(written, sign)
    return text
