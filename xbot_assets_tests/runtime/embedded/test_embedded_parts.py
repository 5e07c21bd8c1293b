"""The embedded PostgreSQL and Valkey: started, stopped, crashed, misplaced, and what they leave alone."""

import os
import shutil
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

import psycopg
import pytest
import redis

from xbot_assets.domain.failures import PermanentFailure
from xbot_assets.runtime.embedded.postgres import EmbeddedPostgres, explain
from xbot_assets.runtime.embedded.valkey import EmbeddedValkey
from xbot_assets.runtime.machine.accounts import (
    Account,
    can_reach,
    creation_command,
    kept_password,
    service_account,
)
from xbot_assets.runtime.machine.ports import is_free
from xbot_assets.testing.patience import PATIENCE, until
from xbot_assets.testing.servers import prepared, refusal, running, running_postgres


def spawn(postgres: EmbeddedPostgres) -> subprocess.Popen[bytes]:
    """Start a server that nobody keeps, and wait until it answers."""
    environment = {**os.environ, **postgres.environment()}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(postgres.command(), env=environment, stdout=quiet, stderr=quiet, start_new_session=True)
    until(lambda: postgres.ready() or process.poll() is not None, "the server answers")
    assert process.poll() is None
    return process


def test_the_server_keeps_data_port_and_password_from_start_to_start(home: Path) -> None:
    """SIGINT ends it at once and cleanly; the second start finds everything as it was."""
    addresses = []
    for expected in (None, "kept"):
        postgres = prepared(home)
        addresses.append(postgres.url())
        process = spawn(postgres)
        with psycopg.connect(postgres.url()) as connection:
            comment = connection.execute("select obj_description('public'::regnamespace)").fetchone()
            connection.execute("create schema if not exists mine")
            connection.execute("comment on schema mine is 'kept'")
            if expected:
                assert connection.execute("select obj_description('mine'::regnamespace)").fetchone() == ("kept",)
        assert comment is not None
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 0
    postgres.remove()
    assert addresses[0] == addresses[1]
    assert not postgres.data.exists()


def test_the_server_is_safe_by_default(home: Path) -> None:
    """Durable, loopback only, no trust, no superuser for the product, and no password in the list of processes."""
    with running_postgres(home) as postgres:
        with psycopg.connect(postgres.url()) as connection:
            for setting, value in {"fsync": "on", "full_page_writes": "on", "listen_addresses": "127.0.0.1"}.items():
                assert connection.execute("select current_setting(%s)", [setting]).fetchone() == (value,)
            row = connection.execute("select rolsuper, current_database() from pg_roles where rolname = current_user")
            assert row.fetchone() == (False, "xbot")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(postgres.url().replace(kept_password(home, "postgres"), "guess"))
        assert kept_password(home, "postgres") not in " ".join(postgres.command())
        assert stat.S_IMODE((home / "secrets.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(postgres.data.stat().st_mode) == 0o700
        assert (home / "postgres.location").read_text().strip() == str(postgres.data)


def test_a_server_that_outlived_its_supervisor_is_stopped_first(home: Path) -> None:
    """Two servers on one directory would be the end of the data."""
    orphan = spawn(prepared(home))
    again = prepared(home)
    assert orphan.wait(PATIENCE) == 0
    second = spawn(again)
    second.send_signal(signal.SIGINT)
    second.wait(PATIENCE)
    again.remove()


def test_after_a_kill_the_next_start_recovers_by_itself(home: Path) -> None:
    """Killed with SIGKILL at once after a commit: the lock file is stale and the commit is there."""
    postgres = prepared(home)
    victim = spawn(postgres)
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute("create table kept (id int)")
        victim.kill()
        victim.wait()
    assert (postgres.data / "postmaster.pid").exists()
    with running_postgres(home) as second, psycopg.connect(second.url()) as connection:
        assert connection.execute("select count(*) from kept").fetchone() == (0,)


def test_a_lock_file_whose_process_number_now_belongs_to_another_is_forgotten(home: Path) -> None:
    """After a restart of the machine numbers are given again; nobody else is stopped for it."""
    postgres = prepared(home)
    (postgres.data / "postmaster.pid").write_text(f"{os.getpid()}\n{postgres.data}\n12345\n1\n\n127.0.0.1\n")
    prepared(home)
    assert not (postgres.data / "postmaster.pid").exists()
    postgres.remove()


def test_data_of_another_version_are_refused_with_a_remedy(home: Path) -> None:
    """Before the server gives its own, darker answer."""
    postgres = prepared(home)
    (postgres.data / "PG_VERSION").write_text("12\n")
    assert refusal(home) == "postgres_version"


def test_data_without_their_password_are_refused_with_a_remedy(home: Path) -> None:
    """Neither a new password, which would not fit, nor a new cluster over the old one."""
    prepared(home)
    (home / "secrets.json").unlink()
    assert refusal(home) == "secrets_damaged"
    (home / "secrets.json").write_text('{"postgres": ')
    assert refusal(home) == "secrets_damaged"


def test_a_first_start_cut_short_leaves_nothing_to_trip_over(home: Path) -> None:
    """Half a cluster in the staging place is thrown away; an empty place is used."""
    postgres = prepared(home)
    parent = postgres.data.parent
    postgres.remove()
    parent.mkdir(exist_ok=True)
    (parent / ".postgres-new-old" / "data").mkdir(parents=True)
    prepared(home)
    assert not list(parent.glob(".postgres-new-*"))


def test_words_of_the_server_become_one_sentence() -> None:
    """The line that says what is wrong, not the whole output."""
    said = "creating directory ... ok\ninitdb: error: something odd\ninitdb: hint: try again\n"
    failure = explain(said, Path())
    assert failure.reason == "PostgreSQL could not be set up: initdb: error: something odd"
    assert explain("FATAL: could not write: No space left on device", Path()).code == "disk_full"


def test_the_account_is_one_that_nobody_logs_in_to() -> None:
    """Where no account can be made, the remedy names the other ways."""
    command = creation_command("xbot-assets", "/usr/sbin/useradd")
    assert (command[0], command[-1]) == ("/usr/sbin/useradd", "xbot-assets")
    assert {"--system", "--no-create-home"} <= set(command)
    with pytest.raises(PermanentFailure) as caught:
        creation_command("xbot-assets", None)
    assert caught.value.code == "no_service_account"
    assert "XBOT_DATABASE_URL" in caught.value.remedy


@pytest.mark.skipif(os.geteuid() == 0, reason="only who is not root runs PostgreSQL as themselves")
def test_who_is_not_root_needs_no_account() -> None:
    """PostgreSQL runs as ourselves."""
    assert service_account() is None


def test_reaching_a_place_needs_every_directory_on_the_way(tmp_path: Path) -> None:
    """One private directory is enough to stop an account; its owner passes."""
    stranger, owner = Account("s", 54321, 54321), Account("o", os.geteuid(), os.getegid())
    base = Path(tempfile.mkdtemp(prefix="xbot-reach-"))
    try:
        inner = base / "a" / "b"
        inner.mkdir(parents=True)
        base.chmod(0o711)
        assert can_reach(stranger, inner)
        (base / "a").chmod(0o700)
        assert not can_reach(stranger, inner)
        assert can_reach(owner, inner)
    finally:
        shutil.rmtree(base)
    del tmp_path


def test_valkey_answers_only_to_its_password_and_keeps_nothing(home: Path) -> None:
    """In memory only, bounded, with the password nowhere in the list of processes."""
    server = EmbeddedValkey(home)
    server.prepare()
    with running(server.program(), home), redis.Redis.from_url(server.url()) as client:
        assert client.config_get("maxmemory*")["maxmemory-policy"] == "allkeys-lru"
        assert client.config_get("save")["save"] == ""
        with (
            redis.Redis.from_url(server.url().replace(kept_password(home, "valkey"), "guess")) as stranger,
            pytest.raises(redis.AuthenticationError),
        ):
            stranger.ping()
        assert kept_password(home, "valkey") not in " ".join(server.command())
        assert stat.S_IMODE((home / "valkey" / "valkey.conf").stat().st_mode) == 0o600
    assert not server.ready()
    assert sorted(path.name for path in (home / "valkey").iterdir()) == ["valkey.conf"]


def test_a_taken_port_is_left_to_its_owner(home: Path) -> None:
    """The remembered port is used by another program: the next start takes a free one."""
    server = EmbeddedValkey(home)
    server.prepare()
    first = server.url()
    with running(server.program(), home):
        again = EmbeddedValkey(home)
        again.prepare()
        assert again.url() != first
        assert is_free(int(again.url().rsplit(":", 1)[1].split("/")[0]))
