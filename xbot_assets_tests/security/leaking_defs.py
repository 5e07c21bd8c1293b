"""The product's definitions plus a step and a sensor that spill a secret; ``XBOT_DEFINITIONS`` names this module."""

import logging
import sys

import dagster as dg

from xbot_assets.build import build_defs
from xbot_assets.settings import load_settings

JOB = "spill"
SENSOR_WORDS = "The sensor spills"


def _key() -> str:
    key = load_settings().openai_api_key
    return key.get_secret_value() if key else "no key"


def _echo() -> None:
    raise ValueError(f"An echo of {_key()}")


@dg.op
def spilling(context: dg.OpExecutionContext) -> None:
    """Write the key wherever a step can write, then fail with it in two exceptions."""
    context.log.warning("Told to Dagster: %s", _key())
    logging.getLogger("a library").error("Told to a log: %s", _key())
    sys.stderr.write(f"Written to standard error: {_key()}\n")
    sys.stdout.write(f"Written to standard output: {_key()}\n")
    try:
        _echo()
    except ValueError as error:
        raise RuntimeError(f"Unforeseen, with {_key()}") from error


@dg.job(name=JOB)
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
