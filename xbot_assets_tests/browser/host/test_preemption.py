"""Who must make way for whom, through the real host: critical for nobody, low for critical, never after the click."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from xbot_assets.browser.client import BrowserClient
from xbot_assets.browser.wire import OperationAnswer, OperationCall, WireOperation
from xbot_assets.domain.failures import FailureKind
from xbot_assets.domain.lanes import Lane
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.x.operations import CheckSession, Publish, ReadPosts
from xbot_assets_tests.browser.host_rig import HANDLE, TOKEN, HostProcess, browser_host, ready
from xbot_assets_tests.browser.tiny_site import TinySite, tiny_site

HANGING = ReadPosts(post_ids=("9",), handle=HANDLE)


@pytest.fixture(scope="module")
def shared_site() -> Iterator[TinySite]:
    """Serve one site for the module; post 9 hangs."""
    with tiny_site() as served:
        yield served


@pytest.fixture
def site(shared_site: TinySite) -> TinySite:
    """Return the site in its plain state."""
    shared_site.slow, shared_site.disabled = {"9"}, False
    shared_site.created.clear()
    shared_site.waiting.clear()
    return shared_site


@pytest.fixture(scope="module")
def host(shared_site: TinySite, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HostProcess]:
    """Run one host for the module."""
    with browser_host(tmp_path_factory.mktemp("home"), shared_site.url) as running:
        ready(running)
        yield running


class Call:
    """One call in a thread of its own."""

    def __init__(self, host: HostProcess, lane: Lane, operation: WireOperation = HANGING) -> None:
        self.id = uuid.uuid4().hex
        self._call = OperationCall(operation=operation, lane=lane, deadline_seconds=PATIENCE, operation_id=self.id)
        self._answers: list[OperationAnswer] = []
        self._host = host
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        with BrowserClient(self._host.url, TOKEN) as client:
            self._answers.append(client.call(self._call))

    def answer(self) -> OperationAnswer:
        """Wait for the answer."""
        self._thread.join()
        return self._answers[0]

    def code(self) -> str | None:
        """Wait for the answer and return its failure's code."""
        failure = self.answer().failure
        return failure.code if failure else None

    def ended(self) -> bool:
        """Say whether the answer is there."""
        return not self._thread.is_alive()

    def running(self) -> bool:
        """Say whether the host lists it."""
        return self.id in {operation["id"] for operation in self._host.health().json()["operations"]}


@contextmanager
def _busy(site: TinySite, host: HostProcess, *lanes: Lane) -> Iterator[list[Call]]:
    """Keep a slot busy for each lane, taken in this order; end what is left of them afterwards."""
    calls = []
    for lane in lanes:
        calls.append(Call(host, lane))
        until(calls[-1].running, "it has a slot")
    yield calls
    site.let_go_until(lambda: all(call.ended() for call in calls))


def test_a_critical_operation_takes_the_slot_of_the_low_one_that_began_last(host: HostProcess, site: TinySite) -> None:
    """The low one is told, may be tried again, and has ended before the critical one starts."""
    assert site.slow
    with _busy(site, host, Lane.LOW, Lane.LOW, Lane.HIGH) as (first, second, _high):
        critical = Call(host, Lane.CRITICAL, CheckSession()).answer()
        low = second.answer()
        assert critical.failure is None
        assert low.failure is not None
        assert (low.failure.kind, low.failure.code) == (FailureKind.TRANSIENT, "preempted")
        assert (low.slot, low.ended_at <= critical.started_at) == (critical.slot, True)
        assert first.running()


def test_a_free_slot_is_taken_before_anyone_must_make_way(host: HostProcess, site: TinySite) -> None:
    """Pre-emption is for want of a slot only."""
    assert site.slow
    with _busy(site, host, Lane.LOW, Lane.LOW) as calls:
        assert Call(host, Lane.CRITICAL, CheckSession()).code() is None
        assert all(call.running() for call in calls)


@pytest.mark.parametrize("lane", [Lane.HIGH, Lane.LOW])
def test_only_a_critical_operation_makes_others_go(host: HostProcess, site: TinySite, lane: Lane) -> None:
    """High and low are refused when there is no slot."""
    assert site.slow
    with _busy(site, host, Lane.LOW, Lane.LOW, Lane.LOW) as calls:
        assert Call(host, lane, CheckSession()).code() == "no_slot"
        assert all(call.running() for call in calls)


def test_high_and_critical_operations_do_not_make_way(host: HostProcess, site: TinySite) -> None:
    """With no low one there is nothing to take."""
    assert site.slow
    with _busy(site, host, Lane.HIGH, Lane.CRITICAL, Lane.HIGH) as calls:
        assert Call(host, Lane.CRITICAL, CheckSession()).code() == "no_slot"
        assert all(call.running() for call in calls)


def test_a_low_operation_is_cancelled_by_its_name(host: HostProcess, site: TinySite) -> None:
    """When the call returns the slot is free; a second call finds nobody; a high one stays."""
    assert site.slow
    with _busy(site, host, Lane.LOW, Lane.HIGH) as (low, high), BrowserClient(host.url, TOKEN) as client:
        assert client.preempt(low.id)
        assert host.health().json()["busy"] == 1
        assert low.code() == "preempted"
        assert not client.preempt(low.id)
        assert not client.preempt(high.id)
        assert high.running()


def test_cancelling_needs_the_token(host: HostProcess, site: TinySite) -> None:
    """As any other operation does."""
    assert site.slow
    url = f"{host.url}/operations/x/preempt"
    assert httpx.post(url, trust_env=False).status_code == 401
    good = {"Authorization": f"Bearer {TOKEN}"}
    assert httpx.post(url, headers=good, trust_env=False).status_code == 404


def test_a_publish_is_not_cancelled_after_its_click(host: HostProcess, site: TinySite) -> None:
    """Not even in lane low, and not for a critical one: the request has left."""
    site.create = "hang"
    publishing = Call(host, Lane.LOW, Publish(text="hello"))
    assert site.waiting.wait(PATIENCE)
    with _busy(site, host, Lane.HIGH, Lane.HIGH), BrowserClient(host.url, TOKEN) as client:
        assert not client.preempt(publishing.id)
        assert Call(host, Lane.CRITICAL, CheckSession()).code() == "no_slot"
    site.let_go_until(publishing.ended)
    failure = publishing.answer().failure
    assert failure is not None
    assert (failure.kind, failure.code) == (FailureKind.UNKNOWN, "no_witness")
    assert len(site.created) == 1


def test_a_publish_cancelled_before_its_click_has_posted_nothing(host: HostProcess, site: TinySite) -> None:
    """It waits for the Post button; then it makes way, and the post can be tried again."""
    site.disabled = True
    publishing = Call(host, Lane.LOW, Publish(text="hello"))
    until(publishing.running, "it has a slot")
    with BrowserClient(host.url, TOKEN) as client:
        assert client.preempt(publishing.id)
    assert publishing.code() == "preempted"
    assert site.created == []


def test_a_name_in_use_is_refused(host: HostProcess, site: TinySite) -> None:
    """A caller that lost its connection and asks again must not have the same work done twice at once."""
    assert site.slow
    with _busy(site, host, Lane.LOW) as (low,), BrowserClient(host.url, TOKEN) as client:
        again = OperationCall(operation=CheckSession(), lane=Lane.LOW, deadline_seconds=5, operation_id=low.id)
        failure = client.call(again).failure
        assert failure is not None
        assert failure.code == "operation_under_way"
        assert client.preempt(low.id)
