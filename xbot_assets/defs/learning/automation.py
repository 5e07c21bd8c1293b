"""When to learn."""

import dagster as dg

from xbot_assets.defs.due import request_unless
from xbot_assets.defs.learning.jobs import learn_job
from xbot_assets.defs.resources import TickIn
from xbot_assets.steps.watching.schedule_waits import learn_wait

LOOK_EVERY_SECONDS = 30


@dg.sensor(
    job=learn_job,
    minimum_interval_seconds=LOOK_EVERY_SECONDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    name="learn_when_due",
)
def learn_when_due(context: dg.SensorEvaluationContext, tick: TickIn) -> dg.RunRequest | dg.SkipReason:
    """Learn when a post has become old enough to be judged, at most once an hour of the product's clock."""
    return request_unless(context, learn_job.name, wait=learn_wait(tick))
