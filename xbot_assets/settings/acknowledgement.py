"""What the owner of a real account declares before anything is posted to it.

The sentence is typed by hand, once for each account, so that nobody goes live by a copied file.
"""

_SENTENCE = (
    "I own @{handle} and answer for everything it does; its profile says that it is automated; I know that X names"
    " browser automation and scraping as grounds for permanent suspension, wants its official API used instead, asks"
    " for its approval of replies written by AI, lets automated accounts answer only people who engaged with them"
    " first, and forbids training models on its data."
)


def live_sentence(handle: str) -> str:
    """Return what ``XBOT_LIVE_ACKNOWLEDGEMENT`` must say for this account."""
    return _SENTENCE.format(handle=handle)


def acknowledges(text: str, handle: str) -> bool:
    """Say whether ``text`` is that sentence; capitals, spaces and line ends do not matter, every word does."""
    return " ".join(text.split()).casefold() == live_sentence(handle).casefold()
