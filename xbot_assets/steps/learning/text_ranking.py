"""Whether the predictor may rank candidate texts: only while this account's own later posts say that it can."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist, fmean, variance

from pydantic import ValidationError

from xbot_assets.domain.learning.insights import GROUP_MIN
from xbot_assets.domain.learning.later_posts import LATER_LEAST, LaterPosts
from xbot_assets.steps.product import Product
from xbot_assets.store.learning import comparisons
from xbot_assets.store.learning import models as model_store
from xbot_assets.store.learning.comparisons import TextChoice
from xbot_assets.store.learning.models import ModelVersion


@dataclass(frozen=True, slots=True)
class TextRanking:
    """Whether candidate texts are ranked, and why in a sentence for the owner."""

    allowed: bool
    reason: str


def text_ranking(product: Product) -> TextRanking:
    """Return what the newest training says: it is judged anew each time, so ranking ends when it stops to pay."""
    if product.settings.text_candidates == 1:
        return TextRanking(allowed=False, reason="One text is written for each post (XBOT_TEXT_CANDIDATES=1).")
    newest = model_store.model_versions(product.database, "predictor", 1)
    later = later_posts_of(newest[0]) if newest else None
    if later is None:
        needed = f"Texts are not ranked: that needs {2 * LATER_LEAST} outcomes, to foretell the later half."
        return TextRanking(allowed=False, reason=needed)
    choices = comparisons.text_choices(product.database, product.settings.learn_posts_max)
    return TextRanking(allowed=later.ranks_texts, reason=_words(later) + lived(choices))


def later_posts_of(version: ModelVersion) -> LaterPosts | None:
    """Return what a version's training said of later posts; ``None`` when there were too few."""
    try:
        return LaterPosts.model_validate(version.evaluation)
    except ValidationError:
        return None


def lived(choices: Sequence[TextChoice]) -> str:
    """Say what posts earned whose text the predictor took, beside those whose text was another of the candidates."""
    known = [(one.was_predicted_best, one.reward) for one in choices if one.reward is not None]
    taken, others = ([reward for best, reward in known if best is side] for side in (True, False))
    if min(len(taken), len(others)) < GROUP_MIN:
        return ""
    gain = fmean(taken) - fmean(others)
    reach = NormalDist().inv_cdf(0.975) * sqrt(variance(taken) / len(taken) + variance(others) / len(others))
    return (
        f" Posts with the text that it took earned {gain:+.3f} of reward ({gain - reach:+.3f} to {gain + reach:+.3f}) "
        f"more than others: {len(taken)} and {len(others)} posts."
    )


def _words(later: LaterPosts) -> str:
    verdict = "Texts are ranked" if later.ranks_texts else "Texts are not ranked: it is not shown that ranking pays"
    return (
        f"{verdict}. On {later.later_posts} later posts, what was predicted of texts within an arm went with what they "
        f"earned by a correlation of {later.text_correlation:.2f} (at least {later.text_low:.2f})."
    )
