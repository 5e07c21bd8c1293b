"""The gates' numbers, from the settings."""

from xbot_assets.domain.gates.context import GateLimits
from xbot_assets.settings import Settings


def limits_of(settings: Settings) -> GateLimits:
    """Return the gates' numbers from the settings."""
    return GateLimits(
        weighted_chars=settings.post_max_weighted_chars,
        content_words=settings.gate_content_words,
        hashtags=settings.gate_hashtags_max,
        mentions=settings.gate_mentions_max,
        emoji=settings.gate_emoji_max,
        language_probability=settings.gate_language_min_probability,
        language_letters=settings.gate_language_min_letters,
        near_duplicate=settings.gate_near_duplicate,
    )
