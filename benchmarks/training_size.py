"""Training on very many outcomes: ``python -m benchmarks.training_size [--outcomes 100000]``.

Both ways of learning and the predictor, on posts with all features of a real text; prints seconds and peak memory, and
exits with 1 above 10 s or 500 MB. ``XBOT_LEARN_POSTS_MAX`` lets the product itself learn from 20,000 at most.
"""

import argparse
import json
import resource
import sys
import time
from itertools import islice

import numpy as np

from xbot_assets.domain.learning import predictor
from xbot_assets.domain.learning.bandit import Arm, Observed, prior
from xbot_assets.domain.learning.features import post_features
from xbot_assets.llm.persona import load_persona
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
    blank, seconds = prior(persona.topic_names, persona.format_names, strength=2), {}
    for rule, learner in LEARNERS.items():
        began = time.perf_counter()
        learner(blank, observed)
        seconds[rule] = round(time.perf_counter() - began, 2)
    began = time.perf_counter()
    predictor.fit(examples, ridge=1.0)
    seconds["predictor"] = round(time.perf_counter() - began, 2)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"outcomes": count, "seconds": seconds, "peak_megabytes": round(megabytes)}))
    return int(sum(seconds.values()) > SECONDS_MOST or megabytes > MEGABYTES_MOST)


if __name__ == "__main__":
    sys.exit(main())
