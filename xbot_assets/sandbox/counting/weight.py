"""What a whole text weighs."""

import re
import unicodedata

from xbot_assets.sandbox.counting.links import links_in

LINK_WEIGHT = 23
"""What a link counts, whatever its length."""
LIGHT_RANGES = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""Code points that count 1; all others count 2 (twitter-text, configuration v3)."""
_PICTURES = "\u203c-\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff"
_PICTURE = f"(?:[{_PICTURES}][\ufe0f\U0001f3fb-\U0001f3ff]*)"
_EMOJI = re.compile(
    "[\U0001f1e6-\U0001f1ff]{2}|[#*0-9]\ufe0f?\u20e3|[\u00a9\u00ae]\ufe0f"
    f"|\U0001f3f4[\U000e0061-\U000e007a]+\U000e007f|{_PICTURE}(?:\u200d{_PICTURE})*"
)


def weighted_length(text: str) -> int:
    """Count a text as X does: links 23, emoji 2, most other non-Latin characters 2."""
    text = unicodedata.normalize("NFC", text)
    links = links_in(text)
    weight = place = 0
    while place < len(text):
        emoji = None if place in links else _EMOJI.match(text, place)
        light = any(low <= ord(text[place]) <= high for low, high in LIGHT_RANGES)
        weight += LINK_WEIGHT if place in links else 1 if light and not emoji else 2
        place = emoji.end() if emoji else place + links.get(place, 1)
    return weight
