"""What the tests ask of a host."""

from collections.abc import Callable

from xbot_assets.domain.failures import (
    ProductError,
)
from xbot_assets.x.answers import PostsRead, Published
from xbot_assets.x.operations import Publish, ReadPosts
from xbot_assets_tests.browser.host_rig import HANDLE, OPERATION_SECONDS, HostProcess


def publish(
    host: HostProcess, text: str = "hello", seconds: float = OPERATION_SECONDS, *, submit: bool = True
) -> Published:
    """Have a text posted."""
    return host.run(Publish(text=text, submit=submit), seconds)


def read(host: HostProcess, *ids: str, seconds: float = OPERATION_SECONDS) -> PostsRead:
    """Have posts read."""
    return host.run(ReadPosts(post_ids=ids, handle=HANDLE), seconds)


def failure_of(act: Callable[[], object]) -> ProductError:
    """Return the failure that an act ends in, which there must be."""
    try:
        act()
    except ProductError as failure:
        return failure
    raise AssertionError
