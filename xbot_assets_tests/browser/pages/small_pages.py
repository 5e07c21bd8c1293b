"""Small pages with the structure that X's have, in any language."""

from html import escape

NAV = '<a data-testid="AppTabBar_Profile_Link" href="/owner">.</a>'
LEADING = '<a href="/ann">Ann</a><a href="/ann">@ann</a>'


def page(inside: str, *, language: str = "en", nav: str = NAV) -> str:
    """Return a whole page with a main column."""
    return f'<html lang="{language}"><title>X</title><body>{nav}<div data-testid="primaryColumn">{inside}</div></body>'


def cell(inside: str) -> str:
    """Return one cell of a list."""
    return f'<div data-testid="cellInnerDiv">{inside}</div>'


def text(written: str, *, lang: str = "en", above: str = "") -> str:
    """Return a text, with what stands above it."""
    return f'<div>{above}<div data-testid="tweetText" lang="{lang}">{written}</div></div>'


def bar(label: str = "", **buttons: str) -> str:
    """Return the bar of a post with the labels of its buttons, by test id; ``analytics`` is a link."""
    drawn = [
        f'<a href="/ann/status/1/analytics" aria-label="{escape(words)}"></a>'
        if name == "analytics"
        else f'<button data-testid="{name}" aria-label="{escape(words)}"></button>'
        for name, words in buttons.items()
    ]
    return f'<div role="group" aria-label="{escape(label)}">{"".join(drawn)}</div>'


def article(inside: str = "", *, number: int = 1, above: str = "", timed: bool = True, tail: str = "") -> str:
    """Return a post by Ann, with what stands above her name."""
    time = f'<a href="/ann/status/{number}"><time datetime="2026-02-03T11:13:23.000Z">5h</time></a>' if timed else ""
    return f"""<article role="article" data-testid="tweet" tabindex="0">{above}
      <div><div data-testid="User-Name">{LEADING}{time}</div>
      <div>{tail}<button aria-label="Grok"></button><button data-testid="caret"></button></div></div>
      {inside}</article>"""


def quote(inside: str = "", *, handle: str = "bob") -> str:
    """Return the box of a quoted post."""
    return f"""<div><div dir="ltr"><span>.</span></div><div role="link" tabindex="0">
      <div data-testid="User-Name"><div>Bob</div><div>@{handle}</div><time datetime="2026-02-01T00:00:00.000Z">2d</time>
      </div>{inside}</div></div>"""
