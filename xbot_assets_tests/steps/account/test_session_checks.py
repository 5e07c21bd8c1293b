"""Session checks on the real site: trouble holds publishing with one alert, and a later check lifts what one found."""

from collections.abc import Callable
from datetime import timedelta

import dagster as dg
import pytest

from xbot_assets.defs.operations.session import session_checks
from xbot_assets.domain.failure_codes import FailureCode
from xbot_assets.domain.failures import PermanentFailure, ProductError
from xbot_assets.settings import Settings
from xbot_assets.steps.account.publishing_hold import hold_publishing, resume_publishing
from xbot_assets.steps.account.session_checks import check_session, session_wait
from xbot_assets.steps.product import Product, open_product
from xbot_assets.steps.publishing.cycle import publish_wait
from xbot_assets.store.account.session_checks import last_session_check
from xbot_assets.store.alerts import open_alerts
from xbot_assets.x.account_state import AccountState
from xbot_assets_tests.steps.conftest import HANDLE
from xbot_assets_tests.steps.moving import later
from xbot_assets_tests.steps.site import Site


def hold(product: Product, failure: PermanentFailure) -> None:
    """Hold publishing for a failure."""
    with product.database.transaction() as transaction:
        hold_publishing(transaction, failure, product.clock.now())


def alert_keys(product: Product) -> list[str]:
    """Return what a person is being told."""
    return [told.key for told in open_alerts(product.database)]


def test_a_session_that_stands_is_checked_every_ten_minutes_and_holds_nothing(product: Product) -> None:
    """The answer and its time are kept."""
    assert session_wait(product) is None
    check_session(product)
    check = last_session_check(product.database)
    assert check is not None
    assert (check.state, check.handle) == ("logged_in", HANDLE)
    assert alert_keys(product) == []
    later(product, timedelta(minutes=9))
    assert "recently" in (session_wait(product) or "")
    later(product, timedelta(minutes=1))
    assert session_wait(product) is None


def test_whatever_is_wrong_with_the_account_holds_publishing_with_one_alert_until_it_is_well(
    product: Product, site: Site
) -> None:
    """One trouble after the other: each has the one alert, and none is left when the account is logged in again."""
    for state in ("logged_out", "locked", "suspended"):
        site.set_faults(**{state: True})
        assert check_session(product).state == state
        assert alert_keys(product) == [f"account:{state}"]
        assert "on hold" in str(publish_wait(product))
    check_session(product)
    assert [told.times_seen for told in open_alerts(product.database)] == [2]
    site.set_faults()
    assert check_session(product).state is AccountState.LOGGED_IN
    assert alert_keys(product) == []
    assert product.account.hold_reason is None


def test_another_account_than_the_owner_s_holds_publishing(
    product: Product, loop_settings: Callable[..., Settings]
) -> None:
    """Posts would go out in somebody else's name."""
    with open_product(loop_settings(handle="somebody_else"), worker="other") as other:
        assert check_session(other).handle == HANDLE
        assert alert_keys(other) == ["account:session_other_account"]
        assert f"@{HANDLE}" in (other.account.hold_reason or "")
    check_session(product)
    assert alert_keys(product) == []


@pytest.mark.parametrize("code", [FailureCode.LOOKS_AUTOMATED, FailureCode.LOCKED])
def test_a_hold_that_only_publishing_ran_into_stays_until_a_person_lifts_it(
    product: Product, code: FailureCode
) -> None:
    """A page that looks well does not prove that posting is: going on would repeat what X refused."""
    hold(product, PermanentFailure("X refused the post.", code=code))
    check_session(product)
    assert alert_keys(product) == [f"account:{code}"]
    assert len(resume_publishing(product.database, "owner", product.clock.now())) == 1


def test_not_being_able_to_ask_is_not_an_answer(product: Product, site: Site) -> None:
    """A site that is down says nothing of the session: nothing is kept, nothing is held, and the next tick asks."""
    site.set_faults(down=True)
    with pytest.raises(ProductError):
        check_session(product)
    assert last_session_check(product.database) is None
    assert alert_keys(product) == []
    assert session_wait(product) is None


def test_while_x_wants_proof_of_a_person_nothing_looks_at_it(product: Product) -> None:
    """Asking again by itself is what must not happen."""
    hold(product, PermanentFailure("X asks.", code=FailureCode.CHALLENGE))
    assert "proof of a person" in (session_wait(product) or "")


def test_the_asset_of_the_check_is_made_and_says_what_x_said(product: Product) -> None:
    """Dagster stores plain values only: the state is told as a word."""
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize([session_checks], instance=instance, resources={"product": product})
    (made,) = result.asset_materializations_for_node("session_checks")
    assert made.metadata["state"].value == "logged_in"
