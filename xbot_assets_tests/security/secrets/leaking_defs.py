"""The product's definitions plus a step and a sensor that spill secrets; ``XBOT_DEFINITIONS`` names this module."""

import logging
import sys
from functools import partial
from typing import TYPE_CHECKING

import dagster as dg

from xbot_assets.build import build_defs
from xbot_assets.domain.alerts.operations import BROWSER_DEGRADED
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.learning.bandit import Arm
from xbot_assets.llm.persona import load_persona
from xbot_assets.settings import Settings, load_settings
from xbot_assets.steps.language_model import brief_for
from xbot_assets.steps.product import Product, open_product
from xbot_assets.store.alerts import alert
from xbot_assets_tests.security.secrets.echoing_api import STATUSES
from xbot_assets_tests.security.secrets.spilled_words import ASKED_WORDS, JOB, SENSOR_WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger("a library")


def _key() -> str:
    key = load_settings().openai_api_key
    return key.get_secret_value() if key else "no key"


def _echo() -> None:
    raise ValueError(f"An echo of {_key()}")


def _ask(settings: Settings, status: int) -> None:
    """Have posts written by a server that answers with a status and repeats the key, and ask it for its models."""
    elsewhere = settings.model_copy(update={"openai_base_url": f"{settings.openai_base_url}/echo-{status}"})
    with open_product(elsewhere, worker=JOB) as product:
        asks: tuple[Callable[[], None], ...] = (partial(_write, product), product.writer.ping)
        for ask in asks:
            try:
                ask()
            except ProductError:
                _log.exception("%s, with status %d and %s", ASKED_WORDS, status, _key())


def _write(product: Product) -> None:
    settings, persona = product.settings, load_persona()
    arm = Arm(topic=persona.topic_names[0], format=persona.format_names[0])
    now = product.clock.now()
    product.writer.write_posts(brief_for(settings, product.database, persona, [(arm, persona.tones[0])], now))


def _alarm(settings: Settings) -> None:
    """Raise an alert whose reason holds the key."""
    with open_product(settings, worker=JOB) as product:
        alert(product.database, BROWSER_DEGRADED, now=product.clock.now(), reason=f"Alarmed by {_key()}.")


@dg.op
def spilling(context: dg.OpExecutionContext) -> None:
    """Write the key wherever a step can write, then fail with it in two exceptions."""
    settings = load_settings()
    for status in STATUSES:
        _ask(settings, status)
    _alarm(settings)
    context.log.warning("Told to Dagster: %s", _key())
    _log.error("Told to a log: %s", _key())
    sys.stderr.write(f"Written to standard error: {_key()}\n")
    sys.stdout.write(f"Written to standard output: {_key()}\n")
    try:
        _echo()
    except ValueError as error:
        raise RuntimeError(f"Unforeseen, with {_key()}") from error


@dg.job(name=JOB, executor_def=dg.in_process_executor)
def spill() -> None:
    """Run the step."""
    spilling()


@dg.sensor(job=spill, minimum_interval_seconds=1, default_status=dg.DefaultSensorStatus.RUNNING)
def asks_once() -> dg.RunRequest:
    """Have the job run once."""
    return dg.RunRequest(run_key="once")


@dg.sensor(job=spill, minimum_interval_seconds=5, default_status=dg.DefaultSensorStatus.RUNNING)
def spills() -> dg.SkipReason:
    """Fail with the key."""
    raise RuntimeError(f"{SENSOR_WORDS} {_key()}")


defs = dg.Definitions.merge(build_defs(), dg.Definitions(jobs=[spill], sensors=[asks_once, spills]))
