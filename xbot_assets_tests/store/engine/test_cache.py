"""The cache on a real Valkey: hits, expiry, invalidation, and every way of not being there."""

import logging
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis
from pydantic import SecretStr

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.runtime.machine.ports import PortBook
from xbot_assets.settings import Settings
from xbot_assets.store.engine.cache import Cache, open_cache
from xbot_assets.testing.patience import until
from xbot_assets.testing.servers import SettingsFor, running


def settings(url: str) -> Settings:
    """Settings with this cache and nothing else."""
    return Settings(redis_url=SecretStr(url))


def exercise(cache: Cache) -> None:
    """Do everything that a caller may do."""
    cache.set_json("k", {"a": 1}, 60)
    assert cache.get_json("k") is None
    assert cache.ping() is False
    assert cache.available is False


def until_ping(answer: object, cache: Cache) -> None:
    """Poll until ``ping`` gives the answer."""
    until(lambda: cache.ping() is answer, f"ping says {answer}")


def test_what_is_stored_comes_back_and_is_counted(cache: Cache) -> None:
    """Any JSON value; a miss is ``None``."""
    value = {"arms": [1, 2.5, "é", None, True], "deep": {"x": []}}
    cache.set_json("models:1", value, 60)
    assert cache.get_json("models:1") == value
    assert cache.get_json("models:2") is None
    statistics = cache.statistics()
    assert (statistics.hits, statistics.misses, statistics.errors, statistics.in_use) == (1, 1, 0, 0)
    assert cache.available
    assert cache.ping()


def test_entries_end_with_their_time(cache: Cache) -> None:
    """Fractions of a second count."""
    cache.set_json("short", 1, 0.05)
    until(lambda: cache.get_json("short") is None, "the entry has ended")


def test_a_value_that_is_not_json_is_a_miss(cache: Cache, valkey: EmbeddedValkey) -> None:
    """Another program's entry, say."""
    with redis.Redis.from_url(valkey.url()) as client:
        client.set("xbot:strange", b"\xff{")
    assert cache.get_json("strange") is None


def test_many_threads_share_five_connections(cache: Cache) -> None:
    """They wait for each other instead of failing."""
    cache.set_json("shared", 7, 60)
    with ThreadPoolExecutor(20) as crowd:
        assert set(crowd.map(lambda _: cache.get_json("shared"), range(400))) == {7}
    statistics = cache.statistics()
    assert (statistics.size_max, statistics.in_use, statistics.errors) == (5, 0, 0)


@pytest.mark.parametrize("url", ["off", "OFF "])
def test_a_cache_that_is_off_only_misses(url: str) -> None:
    """And says that it is not available."""
    exercise(open_cache(settings(url)))


def test_without_an_address_there_is_no_cache(tmp_path: Path) -> None:
    """The parts do not run: nothing to cache in."""
    exercise(open_cache(Settings(home=tmp_path)))


def test_an_unreachable_cache_only_misses_and_is_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line in the log for the whole outage."""
    cache = open_cache(settings(f"redis://:hunter2@127.0.0.1:{PortBook(tmp_path).port_for('nobody')}/0"))
    with caplog.at_level(logging.INFO):
        for _ in range(3):
            exercise(cache)
    cache.close()
    assert len(caplog.records) == 1
    assert "hunter2" not in caplog.text


def test_an_outage_costs_callers_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After the first failure the cache is left alone for a while: nobody tries to reach it."""
    at = time.monotonic()
    monkeypatch.setattr("xbot_assets.store.engine.cache.monotonic", lambda: at)
    cache = open_cache(settings(f"redis://127.0.0.1:{PortBook(tmp_path).port_for('nobody')}/0"))
    cache.get_json("k")
    assert all(cache.get_json("k") is None for _ in range(10_000))
    assert cache.statistics().errors == 1
    cache.close()


def test_a_wrong_password_is_an_outage_and_is_not_printed(
    valkey: EmbeddedValkey, caplog: pytest.LogCaptureFixture
) -> None:
    """The log says what is wrong, without the password."""
    host = valkey.url().rsplit("@", 1)[1]
    cache = open_cache(settings(f"redis://:hunter2@{host}"))
    with caplog.at_level(logging.DEBUG):
        exercise(cache)
    cache.close()
    assert "refused the password" in caplog.text
    assert "hunter2" not in caplog.text


@pytest.mark.parametrize("url", ["http://:hunter2@here", "redis://:hunter2@here:port/0"])
def test_a_malformed_address_is_refused_without_repeating_it(url: str) -> None:
    """A mistake in the settings is not an outage."""
    with pytest.raises(PermanentFailure) as caught:
        open_cache(settings(url))
    assert caught.value.code == "bad_redis_url"
    assert "hunter2" not in str(caught.value)


def test_a_cache_killed_under_us_misses_and_is_used_again_when_it_is_back(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line when it is lost, one when it is back; what it held is forgotten, and nothing failed."""
    home = tmp_path / "a home with spaces" / ("deep" * 30)
    server = EmbeddedValkey(home)
    server.prepare()
    with running(server.program(), home) as child, caplog.at_level(logging.INFO):
        cache = open_cache(settings(server.url()))
        cache.set_json("k", 1, 60)
        assert cache.get_json("k") == 1
        assert child.pid is not None
        os.kill(child.pid, signal.SIGKILL)
        until_ping(False, cache)  # noqa: FBT003 - the answer awaited
        assert cache.get_json("k") is None
        cache.set_json("k", 2, 60)
        until_ping(True, cache)  # noqa: FBT003 - the answer awaited
        assert cache.get_json("k") is None
        cache.set_json("k", 3, 60)
        assert cache.get_json("k") == 3
        cache.close()
    ours = [record.getMessage() for record in caplog.records if "cache" in record.name]
    assert [message.split(",")[0] for message in ours] == ["the cache is lost", "the cache is back"]


def test_settings_of_the_stack_reach_the_cache(settings_for: SettingsFor) -> None:
    """The number of connections is the setting's."""
    cache = open_cache(settings_for(cache_pool_max=2))
    assert cache.statistics().size_max == 2
    cache.close()
