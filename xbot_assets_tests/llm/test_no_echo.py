"""A provider that repeats our key in its errors: the failure says what happened, and not the key."""

import traceback
from collections.abc import Callable, Iterator

import pytest
from pydantic import SecretStr

from xbot_assets.domain.failures import ProductError
from xbot_assets.llm.briefs.brief import PostBrief
from xbot_assets.llm.client import LanguageModel
from xbot_assets_tests.security.secrets.echoing_api import EchoingApi, echoing_api

KEY = "sk-canary-of-this-test"


@pytest.fixture
def api() -> Iterator[EchoingApi]:
    """An API that repeats what it was sent."""
    with echoing_api() as running:
        yield running


@pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
def test_an_echo_of_the_key_is_in_no_failure_no_entry_and_no_traceback(
    api: EchoingApi, writer_for: Callable[..., LanguageModel], brief: PostBrief, status: int
) -> None:
    """The exceptions that led to the failure are part of its traceback; the client's are replaced by their class."""
    api.status = status
    model = writer_for(api_key=SecretStr(KEY), base_url=f"http://127.0.0.1:{api.port}/v1", attempts=2)
    for ask in (lambda: model.write_posts(brief), model.ping):
        with pytest.raises(ProductError) as caught:
            ask()
        told = "".join(traceback.format_exception(caught.value))
        assert f"with HTTP status {status}" in told
        assert KEY not in told
    assert api.authorizations == {f"Bearer {KEY}"}
