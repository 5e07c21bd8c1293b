"""Processes that train and promote until they are killed: ``python -m xbot_assets.testing.promotion_kills KILLS SEED``.

The settings come from the environment. After each kill the champions are looked at: one of each kind once there was
one, the very one that the newest event that seated a version names, and the one that planning takes, from the cache or
not; what is in test against a bandit learns in the other way. Prints one JSON document.
"""

import json
import os
import random
import signal
import sys
import time

from xbot_assets.domain.learning.predictor import Predictor
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.learning.promotion import KINDS, SEATING, promote_newest, rule_of
from xbot_assets.steps.learning.training import current_champion, train_bandit
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.learning import comparisons, models
from xbot_assets.store.learning.models import ChampionEvent, ModelKind

ALIVE_SECONDS = (0.05, 0.5)
"""Shortest and longest life of a promoting process, once it has begun."""
EVENTS_SHOWN = 100_000
"""More than there are: most events of a long run leave the champion."""


def promote_until_killed(settings: Settings, ready: int) -> None:
    """Train, promote and read what planning would, again and again; write a byte to ``ready`` before the first."""
    with open_product(settings, worker="kills") as product:
        os.write(ready, b"r")
        while True:
            _train(product)
            promote_newest(product)
            for kind in KINDS:
                current_champion(product, kind)


def _train(product: Product) -> None:
    train_bandit(product)
    newest = models.model_versions(product.database, "predictor", 1)
    more = newest[0].outcomes_used + 1 if newest else 1
    fitted = Predictor(base=0.5, weights={}).model_dump()
    models.insert_model_version(product.database, "predictor", fitted, {}, more, product.clock.now())


def kill_one(settings: Settings, alive_seconds: float) -> None:
    """Start a promoting process and kill it after so long."""
    reads, ready = os.pipe()
    child = os.fork()
    if child == 0:
        promote_until_killed(settings, ready)
    os.close(ready)
    os.read(reads, 1)
    time.sleep(alive_seconds)  # the moment of the kill is what is tried
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reads)


def faults(settings: Settings) -> tuple[list[str], int]:
    """Return what is wrong with the champions, and how many promotions there were."""
    wrong: list[str] = []
    with open_product(settings, worker="judge") as product:
        events = models.champion_events(product.database, EVENTS_SHOWN)
        for kind in KINDS:
            wrong += _faults_of(product, kind, events)
        newest = models.model_versions(product.database, "predictor", 1)
    return wrong, newest[0].version if newest else 0


def _faults_of(product: Product, kind: ModelKind, events: list[ChampionEvent]) -> list[str]:
    seated = [event for event in events if event.kind == kind and event.verdict in SEATING]
    champion, tested = models.champion(product.database, kind), comparisons.challenger(product.database, kind)
    if champion is None:
        return [f"no champion {kind}"] if seated else []
    wrong = []
    if not seated or seated[0].version_id != champion.id:
        wrong.append(f"the champion {kind} is not the one last promoted")
    if current_champion(product, kind) != champion:
        wrong.append(f"planning takes another {kind} than the champion")
    if kind == "bandit" and tested is not None and rule_of(tested.model) == rule_of(champion):
        wrong.append("the champion bandit is tested against its own way of learning")
    return wrong


def main() -> None:
    """Kill, look, and print what was wrong."""
    kills, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))  # noqa: S311 - moments, not secrets
    settings, wrong, trained = load_settings(), list[str](), 0
    for _ in range(kills):
        kill_one(settings, chance.uniform(*ALIVE_SECONDS))
        judge_reads, judge_writes = os.pipe()
        # The judge is a process of its own: this one must stay without threads to fork from.
        judge = os.fork()
        if judge == 0:
            os.write(judge_writes, json.dumps(faults(settings)).encode())
            os._exit(0)
        os.close(judge_writes)
        os.waitpid(judge, 0)
        seen, trained = json.loads(os.read(judge_reads, 65536))
        os.close(judge_reads)
        wrong += seen
    print(json.dumps({"kills": kills, "trained": trained, "faults": wrong}))


if __name__ == "__main__":
    main()
