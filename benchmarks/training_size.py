"""Training on very many outcomes: ``python -m benchmarks.training_size [--outcomes 100000]``.

Both ways of learning, the predictor and what later posts say of it, on posts with all features of a real text. Prints
seconds, those of the processor and the clock's, and peak memory; exits with 1 above 10 s of one processor or 500 MB:
the clock's depend on what else runs. ``XBOT_LEARN_POSTS_MAX`` lets the product itself learn from 20,000 at most.
"""

import argparse
import json
import resource
import sys
import time
from collections.abc import Callable
from functools import partial
from itertools import islice

import numpy as np

from xbot_assets.domain.learning import predictor
from xbot_assets.domain.learning.bandit import Arm, Observed, prior
from xbot_assets.domain.learning.features import post_features
from xbot_assets.domain.learning.later_posts import foretold
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings
from xbot_assets.simulation.texts import library
from xbot_assets.steps.learning.training import LEARNERS

SECONDS_MOST, MEGABYTES_MOST = 10.0, 500.0


def main() -> int:
    """Train, and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--outcomes", type=int, default=100_000)
    count = parser.parse_args().outcomes
    persona, rng = load_persona(), np.random.default_rng(1)
    arms = [Arm(topic, form) for topic in persona.topic_names for form in persona.format_names]
    texts = {arm: list(islice(of, 10)) for arm, of in library(tuple(arms), tuple(persona.tones)).items()}
    features = {arm: [post_features(text, "plain") for text in of] for arm, of in texts.items()}
    taste = {arm: float(rng.uniform(0.3, 0.7)) for arm in arms}
    chosen = [arms[int(number)] for number in rng.integers(len(arms), size=count)]
    rewards = [float(np.clip(taste[arm] + rng.normal(0, 0.2), 0, 1)) for arm in chosen]
    observed = [Observed(arm, reward) for arm, reward in zip(chosen, rewards, strict=True)]
    examples = [
        predictor.Example(dict(features[arm][number % len(features[arm])]), arm.topic, arm.format, reward)
        for number, (arm, reward) in enumerate(observed)
    ]
    blank = prior(persona.topic_names, persona.format_names, strength=2)
    works: dict[str, Callable[[], object]] = {
        rule: partial(learner, blank, observed) for rule, learner in LEARNERS.items()
    }
    ridge = Settings().predictor_ridge
    works["predictor"] = partial(predictor.fit, examples, ridge=ridge)
    works["later posts"] = partial(foretold, examples, ridge=ridge)
    took = {name: measured(work) for name, work in works.items()}
    seconds, clock = (round(sum(one[side] for one in took.values()), 2) for side in (0, 1))
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = {name: one[0] for name, one in took.items()}
    totals = {"processor_seconds": seconds, "clock_seconds": clock, "peak_megabytes": round(megabytes)}
    print(json.dumps({"outcomes": count, "of_each": told} | totals))
    return int(seconds > SECONDS_MOST or megabytes > MEGABYTES_MOST)


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds of the processor, and of the clock, that some work took."""
    began = time.process_time(), time.perf_counter()
    work()
    return round(time.process_time() - began[0], 2), round(time.perf_counter() - began[1], 2)


if __name__ == "__main__":
    sys.exit(main())
