"""Who chooses what a plan's posts are about: the champion bandit, or both sides while another way is in test."""

from dataclasses import dataclass

import numpy as np

from xbot_assets.domain.learning import bandit
from xbot_assets.domain.learning.bandit import Draw, Posterior, other_rule, version_chances
from xbot_assets.steps.learning.training import current_champion
from xbot_assets.steps.product import Product
from xbot_assets.store.learning import comparisons
from xbot_assets.store.learning.models import ModelVersion


@dataclass(frozen=True, slots=True)
class Tested:
    """What is in test, in its newest version, and its share of the chances."""

    posterior: Posterior
    version: ModelVersion
    share: float


@dataclass(frozen=True, slots=True)
class Choosers:
    """The champion's posterior with its version (none: the prior), and what shares the choice with it, if anything."""

    posterior: Posterior
    version: ModelVersion | None
    tested: Tested | None

    def draw(self, count: int, rng: np.random.Generator) -> Draw:
        """Draw the arms of one plan, with the chances that they were drawn with."""
        if self.version is None:
            return bandit.choose(self.posterior, count, rng)
        chances = version_chances(self.posterior, self.version.id)
        if self.tested is not None:
            rival = version_chances(self.tested.posterior, self.tested.version.id)
            chances = bandit.in_test(chances, rival, self.tested.share)
        return bandit.draw_arms(self.posterior.arms, chances, count, rng)

    @property
    def reason(self) -> str:
        """Why the arms are what they are, for a person."""
        if self.version is None:
            return "Arms chosen from the prior: nothing was learned yet."
        by = (
            f"Arms chosen by bandit version {self.version.version}, which learned from {self.version.outcomes_used} "
            "outcomes."
        )
        if self.tested is None:
            return by
        return f"{by} Version {self.tested.version.version}, in test, has {self.tested.share:.0%} of the chances."


def choosers(product: Product) -> Choosers:
    """Return who chooses now."""
    topics, formats = product.account.persona.topic_names, product.account.persona.format_names
    version = current_champion(product, "bandit")
    posterior = Posterior.model_validate(version.parameters) if version else None
    if posterior is None or (posterior.topics, posterior.formats) != (tuple(topics), tuple(formats)):
        # No version yet, or the persona was edited since: start from the prior rather than from wrong columns.
        return Choosers(bandit.prior(topics, formats, strength=product.settings.bandit_prior_strength), None, None)
    return Choosers(posterior, version, _tested(product, posterior))


def _tested(product: Product, champion: Posterior) -> Tested | None:
    """Return the other way of learning in its newest version, when its test has a share and is not held."""
    test = comparisons.challenger(product.database, "bandit")
    if test is None or not test.share or product.settings.models_held:
        return None
    newest = comparisons.newest_of_rule(product.database, other_rule(champion.rule))
    posterior = Posterior.model_validate(newest.parameters) if newest else None
    if newest is None or posterior is None or posterior.arms != champion.arms:
        return None
    return Tested(posterior, newest, test.share)
