"""Run by another Python, which has ``obp`` and ``ville``: ``python obp_and_ville.py FOLDER`` writes what they say.

Into the folder go the sample log that obp's wheel carries, two target policies, expected rewards, and obp's estimates;
and a stream of values with ville's asymptotic confidence sequence of it.
"""

import json
import sys
from pathlib import Path

import numpy as np

NARROWEST_AT, ALPHA, FIRST_LOOK = 150, 0.05, 40
STREAM = 3000


def main() -> None:
    """Write ``log.npz`` and ``said.json``."""
    folder = Path(sys.argv[1])
    said = {"obp": _obp(folder), "ville": _ville(folder)}
    (folder / "said.json").write_text(json.dumps(said), encoding="utf-8")


def _obp(folder: Path) -> dict[str, dict[str, float]]:
    from obp.dataset import OpenBanditDataset  # type: ignore[import-not-found]  # noqa: PLC0415
    from obp.ope import (  # type: ignore[import-not-found]  # noqa: PLC0415
        DoublyRobust,
        InverseProbabilityWeighting,
        SelfNormalizedInverseProbabilityWeighting,
    )

    estimators = {
        "ips": InverseProbabilityWeighting(),
        "snips": SelfNormalizedInverseProbabilityWeighting(),
        "doubly_robust": DoublyRobust(),
    }
    said = {}
    for behaviour in ("random", "bts"):
        log = OpenBanditDataset(behavior_policy=behaviour, campaign="all").obtain_batch_bandit_feedback()
        count, arms, places = log["n_rounds"], log["n_actions"], int(log["position"].max()) + 1
        rng = np.random.default_rng(len(behaviour))
        wanted = np.exp(rng.normal(0, 0.7, (count, arms, places)))
        wanted /= wanted.sum(axis=1, keepdims=True)
        expected = rng.uniform(0, 0.01, (count, arms, places))
        given = {
            "reward": log["reward"],
            "action": log["action"],
            "pscore": log["pscore"],
            "position": log["position"],
            "action_dist": wanted,
            "estimated_rewards_by_reg_model": expected,
        }
        said[behaviour] = {name: float(one.estimate_policy_value(**given)) for name, one in estimators.items()}
        at = np.arange(count), slice(None), log["position"]
        np.savez_compressed(
            folder / f"{behaviour}.npz",
            arms=log["action"],
            rewards=log["reward"],
            propensities=log["pscore"],
            target=wanted[at],
            expected=expected[at],
        )
    return said


def _ville(folder: Path) -> dict[str, float]:
    from ville import AsymptoticCS  # type: ignore[import-not-found]  # noqa: PLC0415

    values = np.random.default_rng(5).exponential(1.0, STREAM)
    sequence = AsymptoticCS(alpha=ALPHA, t_opt=NARROWEST_AT, min_samples=FIRST_LOOK)
    best = float(sequence.rho_)
    own = float(sys.argv[2])
    sequence.rho_ = own  # the same mixture, so that the sequences can be equal; how near it is to the best is told
    sequence.fit(values) if hasattr(sequence, "fit") else sequence.update(values)
    np.savez_compressed(folder / "stream.npz", values=values, low=sequence.lower_, high=sequence.upper_)
    return {"best_precision": best, "precision": own}


if __name__ == "__main__":
    main()
