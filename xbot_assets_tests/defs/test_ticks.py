"""Schedules and sensors, ticked once each on a real instance: they start what is due, and say why not."""

from datetime import timedelta

import dagster as dg

from xbot_assets.defs.content.automation import plan_when_due
from xbot_assets.defs.learning.automation import learn_when_due
from xbot_assets.defs.metrics.automation import measure_account_when_due, measure_when_due
from xbot_assets.defs.operations.automation import check_session_when_due, watch_browser_queue
from xbot_assets.defs.publishing.automation import publish_when_due, reconcile_when_due, recover_when_due
from xbot_assets.domain.alerts.operations import BROWSER_QUEUE_DEEP
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import UnknownOutcome
from xbot_assets.domain.posts.post import ClaimedPost, NewPost
from xbot_assets.steps.product import Product
from xbot_assets.store.alerts import open_alerts
from xbot_assets.store.operations import browser_operations as operation_store
from xbot_assets.store.publishing import posts as post_store
from xbot_assets.store.publishing import recovery
from xbot_assets.testing.admission import open_limits, take_post
from xbot_assets_tests.defs.queuing import queued_tags


def tick_schedule(
    schedule: dg.ScheduleDefinition, instance: dg.DagsterInstance, product: Product
) -> dg.RunRequest | dg.SkipReason:
    """Evaluate a schedule once."""
    context = dg.build_schedule_context(instance=instance, resources={"tick": product})
    answer = schedule(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def tick_sensor(
    sensor: dg.SensorDefinition, instance: dg.DagsterInstance, product: Product
) -> dg.RunRequest | dg.SkipReason:
    """Evaluate a sensor once."""
    answer = sensor(dg.build_sensor_context(instance=instance, resources={"tick": product}))
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def queue_post(product: Product, due_in: timedelta) -> None:
    """Queue one post."""
    now = product.clock.now()
    post = NewPost(text=f"Due in {due_in}.", topic="cooking", format="tip", scheduled_at=now + due_in)
    post_store.enqueue_posts(product.database, [post], now)


def claimed(product: Product, lease: timedelta) -> ClaimedPost:
    """Claim the post that is due."""
    held = take_post(product.database, open_limits(), product.clock.now(), lease=lease)
    assert held is not None
    return held


def test_a_new_account_plans_and_reads_its_profile_first(instance: dg.DagsterInstance, product: Product) -> None:
    """Nothing was ever done, so planning is due; there is nothing yet to publish, read or learn from."""
    assert isinstance(tick_schedule(plan_when_due, instance, product), dg.RunRequest)
    assert isinstance(tick_schedule(measure_account_when_due, instance, product), dg.RunRequest)
    assert isinstance(tick_schedule(check_session_when_due, instance, product), dg.RunRequest)
    assert isinstance(tick_schedule(measure_when_due, instance, product), dg.SkipReason)
    assert isinstance(tick_sensor(publish_when_due, instance, product), dg.SkipReason)
    assert isinstance(tick_sensor(recover_when_due, instance, product), dg.SkipReason)
    assert isinstance(tick_schedule(reconcile_when_due, instance, product), dg.SkipReason)
    assert isinstance(tick_sensor(learn_when_due, instance, product), dg.SkipReason)


def test_a_due_post_starts_publishing_and_holds_back_the_reading(
    instance: dg.DagsterInstance, product: Product
) -> None:
    """The posting window is open."""
    queue_post(product, timedelta(0))
    assert isinstance(tick_sensor(publish_when_due, instance, product), dg.RunRequest)
    for reading in (measure_account_when_due, check_session_when_due):
        skipped = tick_schedule(reading, instance, product)
        assert isinstance(skipped, dg.SkipReason)
        assert "posting window" in (skipped.skip_message or "")


def test_a_job_that_is_already_queued_is_not_started_again(
    instance: dg.DagsterInstance, product: Product, definitions: dg.Definitions
) -> None:
    """Whoever queued it: the skip and its reason are in the tick."""
    queued_tags(instance, definitions, "plan")
    skipped = tick_schedule(plan_when_due, instance, product)
    assert isinstance(skipped, dg.SkipReason)
    assert "already active" in (skipped.skip_message or "")


def test_a_long_browser_queue_is_sampled_and_alerted_until_it_is_short(
    instance: dg.DagsterInstance, product: Product, definitions: dg.Definitions
) -> None:
    """Eleven runs wait: a person hears of it once, and the alert closes by itself."""
    for number in range(product.settings.browser_depth_alert + 1):
        queued_tags(instance, definitions, "measure", tags={"number": str(number)})
    tick_sensor(watch_browser_queue, instance, product)
    assert BROWSER_QUEUE_DEEP.key_of() in {alert.key for alert in open_alerts(product.database)}
    samples = product.database.fetch_all("queue_samples", since=product.clock.now() - timedelta(hours=1))
    assert {row["lane"]: row["waiting"] for row in samples} == {"critical": 0, "high": 11, "low": 0}
    for record in instance.get_run_records():
        instance.delete_run(record.dagster_run.run_id)
    tick_sensor(watch_browser_queue, instance, product)
    assert open_alerts(product.database) == []
    assert operation_store.waits_by_lane(product.database, product.clock.now() - timedelta(hours=1)) == []


def test_a_post_in_a_dead_run_s_hand_is_taken_from_it_at_the_next_tick(
    instance: dg.DagsterInstance, product: Product, definitions: dg.Definitions
) -> None:
    """Nobody waits for the end of its lease; a run that goes on keeps what it has."""
    queue_post(product, timedelta(0))
    run = instance.create_run_for_job(definitions.resolve_job_def("publish"), status=dg.DagsterRunStatus.STARTED)
    take_post(product.database, open_limits(), product.clock.now(), worker=run.run_id, lease=timedelta(hours=1))
    assert isinstance(tick_sensor(publish_when_due, instance, product), dg.SkipReason)
    assert post_store.queue_counts(product.database) == {"claimed": 1}
    instance.report_run_failed(run)
    assert isinstance(tick_sensor(publish_when_due, instance, product), dg.RunRequest)
    assert post_store.queue_counts(product.database) == {"queued": 1}


def test_an_unconfirmed_post_starts_a_recovery_and_no_publishing(
    instance: dg.DagsterInstance, product: Product
) -> None:
    """At once, and then not before the next look is due; the timeline is compared because something was submitted."""
    queue_post(product, timedelta(0))
    claim = claimed(product, timedelta(hours=1))
    assert post_store.arm_post(product.database, claim, product.clock.now())
    post_store.mark_unconfirmed(
        product.database, claim, UnknownOutcome("?", code=FailureCode.NO_WITNESS), product.clock.now()
    )
    assert isinstance(tick_sensor(publish_when_due, instance, product), dg.SkipReason)
    assert isinstance(tick_sensor(recover_when_due, instance, product), dg.RunRequest)
    assert isinstance(tick_schedule(reconcile_when_due, instance, product), dg.RunRequest)
    recovery.take_looks(product.database, product.settings.recovery_rules, product.clock.now())
    skipped = tick_sensor(recover_when_due, instance, product)
    assert isinstance(skipped, dg.SkipReason)
    assert "due for a look" in (skipped.skip_message or "")


def test_a_post_that_is_stuck_is_recovered_when_its_claim_runs_out(
    instance: dg.DagsterInstance, product: Product
) -> None:
    """A quarter of an hour after the claim, by default; here the claim is over at once."""
    assert product.settings.lease == timedelta(minutes=15)
    queue_post(product, timedelta(0))
    claimed(product, timedelta(0))
    assert isinstance(tick_sensor(recover_when_due, instance, product), dg.RunRequest)
    assert post_store.expire_leases(product.database, product.clock.now())
    assert isinstance(tick_sensor(recover_when_due, instance, product), dg.SkipReason)
    assert isinstance(tick_sensor(publish_when_due, instance, product), dg.RunRequest)
