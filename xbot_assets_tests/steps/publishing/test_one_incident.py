"""One incident is one alert, from the step through Dagster's run to the sensor that watches for failed runs."""

from collections.abc import Iterator

import dagster as dg
import psycopg
import pytest

from xbot_assets.defs.operations.automation import alert_on_failed_run
from xbot_assets.defs.publishing.assets import published_posts
from xbot_assets.domain.alerts.publishing import FAILED_POST, UNCONFIRMED_POST
from xbot_assets.domain.failures import ProductError
from xbot_assets.steps.product import Product
from xbot_assets.steps.publishing.cycle import publish_next
from xbot_assets.store.alerts import Alert, acknowledge_alert, open_alerts
from xbot_assets.store.publishing.posts import queue_counts
from xbot_assets_tests.steps.publishing.test_cycle import queue
from xbot_assets_tests.steps.site import Site


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    """An instance for the runs of one test."""
    with dg.DagsterInstance.ephemeral() as opened:
        yield opened


def publish(product: Product, instance: dg.DagsterInstance) -> bool:
    """Run publishing as Dagster does, tell its sensor when the run failed, and return whether it succeeded."""
    resources = {"product": product}
    result = dg.materialize([published_posts], instance=instance, resources=resources, raise_on_error=False)
    if not result.success:
        tell_of_failure(instance, result.run_id, product)
    return result.success


def tell_of_failure(instance: dg.DagsterInstance, run_id: str, product: Product) -> None:
    """Evaluate the sensor for a run that failed."""
    run = instance.get_run_by_id(run_id)
    assert run is not None
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.RUN_FAILURE).records
    event = records[0].event_log_entry.dagster_event
    assert event is not None
    context = dg.build_run_status_sensor_context(
        sensor_name="alert_on_failed_run",
        dagster_event=event,
        dagster_instance=instance,
        dagster_run=run,
        resources={"tick": product},
    )
    alert_on_failed_run(context.for_run_failure())


def only_alert(product: Product) -> Alert:
    """Return the one alert that is open."""
    (told,) = open_alerts(product.database)
    return told


def test_an_unknown_outcome_opens_exactly_one_alert(product: Product, site: Site, instance: dg.DagsterInstance) -> None:
    """The post's own: neither the asset nor the run opens another."""
    (post_id,) = queue(product, "Stored by the site, and the answer lost.")
    site.set_faults(drop_after_commit=True)
    assert not publish(product, instance)
    assert queue_counts(product.database) == {"unconfirmed": 1}
    assert only_alert(product).key == UNCONFIRMED_POST.key_of(post_id=post_id)


def test_trouble_with_the_account_opens_exactly_one_alert(
    product: Product, site: Site, instance: dg.DagsterInstance
) -> None:
    """226 holds publishing and drops the rate: the hold's alert tells of both."""
    queue(product, "Too automatic for the site.")
    site.set_faults(create_error=226)
    assert not publish(product, instance)
    assert only_alert(product).key == "account:looks_automated"


def test_a_refused_post_opens_exactly_one_alert_that_ends_when_a_person_acknowledges_it(
    product: Product, site: Site, instance: dg.DagsterInstance
) -> None:
    """The next post is published meanwhile, and that does not close it."""
    (post_id,) = queue(product, "Refused by the site.")
    site.set_faults(create_error=186)
    assert not publish(product, instance)
    key = FAILED_POST.key_of(post_id=post_id)
    assert only_alert(product).key == key
    assert f"xbot alerts acknowledge {key}" in only_alert(product).remedy
    site.set_faults()
    assert publish(product, instance)
    assert only_alert(product).key == key
    acknowledge_alert(product.database, key, "olga", product.clock.now())
    assert open_alerts(product.database) == []
    assert queue_counts(product.database) == {"failed": 1}


def test_a_failure_that_nothing_else_tells_of_is_the_asset_s_until_it_is_made(
    product: Product, site: Site, instance: dg.DagsterInstance
) -> None:
    """The run's failure joins it."""
    queue(product, "Waits for X's own limit to pass.")
    site.set_faults(create_error=344)
    assert not publish(product, instance)
    assert only_alert(product).key == "asset_failed:published_posts"
    site.set_faults()
    assert publish(product, instance)
    assert open_alerts(product.database) == []


def test_a_run_that_ended_without_a_word_is_told_by_itself(product: Product, instance: dg.DagsterInstance) -> None:
    """No step said why: its process died."""

    @dg.job
    def dying() -> None: ...

    run = instance.create_run_for_job(dying, status=dg.DagsterRunStatus.STARTED)
    instance.report_run_failed(run, "The process died.")
    tell_of_failure(instance, run.run_id, product)
    assert only_alert(product).key == "run_failed:dying"


@pytest.mark.parametrize("fault", [{"create_error": 186}, {"drop_after_commit": True}], ids=["refused", "unknown"])
def test_what_could_not_be_told_is_not_decided(
    product: Product, site: Site, database_url: str, fault: dict[str, int | bool]
) -> None:
    """A post that nobody hears of would be lost: its state and its alert are stored together, or neither is."""
    queue(product, "The alerts' table takes nothing.")
    site.set_faults(**fault)
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute("create function xbot.full() returns trigger language plpgsql as 'begin raise disk_full; end'")
        owner.execute("create trigger full_table before insert on xbot.alerts execute function xbot.full()")
        with pytest.raises(ProductError):
            publish_next(product)
        assert queue_counts(product.database) == {"armed": 1}
        owner.execute("drop trigger full_table on xbot.alerts")
    assert open_alerts(product.database) == []
