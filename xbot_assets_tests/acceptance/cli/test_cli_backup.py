"""``xbot backup``, ``xbot restore`` and ``xbot database`` as a person runs them, on a directory at rest."""

from pathlib import Path

import pytest

from xbot_assets_tests.acceptance.command import remove_database, xbot


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a data directory that does not exist yet."""
    return tmp_path / "my clone" / ".xbot"


@pytest.mark.soak
def test_a_backup_of_one_directory_goes_into_a_fresh_one_and_a_filled_one_needs_force(
    home: Path, database_url: str, tmp_path: Path
) -> None:
    """From an outside database into the embedded one; what is refused says why, and changes nothing."""
    file = tmp_path / "a.backup"
    made = xbot(home, "backup", "--to", str(file), database_url=database_url)
    assert (made.returncode, "0 posts" in made.stdout) == (0, True), made.stderr
    again = xbot(home, "backup", "--to", str(file), database_url=database_url)
    assert (again.returncode, "is there already" in again.stderr) == (1, True)
    refused = xbot(home, "restore", str(file), database_url=database_url)
    assert (refused.returncode, "holds" in refused.stderr, "--force" in refused.stderr) == (1, True, True)
    fresh = tmp_path / "fresh" / ".xbot"
    try:
        restored = xbot(fresh, "restore", str(file))
        assert restored.returncode == 0, restored.stderr
        assert "Publishing is on hold" in restored.stdout
        assert xbot(fresh, "restore", str(file)).returncode == 1
        forced = xbot(fresh, "restore", str(file), "--force")
        assert forced.returncode == 0, forced.stderr
        own = xbot(fresh, "backup", "--with-session")
        assert (own.returncode, "no session" in own.stderr) == (1, True)
    finally:
        remove_database(fresh)


def test_the_database_is_shown_with_its_statements_and_tables(home: Path, database_url: str) -> None:
    """In words, with exit code 0 while it is well."""
    told = xbot(home, "database", database_url=database_url)
    assert (told.returncode, told.stdout.splitlines()[0]) == (0, "The database is well."), told.stderr
    assert "Last backup: never" in told.stdout
    assert "xbot.posts" in told.stdout


def test_a_damaged_file_is_refused_before_anything_is_started(home: Path, tmp_path: Path) -> None:
    """One that never was a backup."""
    file = tmp_path / "a.backup"
    file.write_bytes(b"not a backup" * 1000)
    done = xbot(home, "restore", str(file))
    assert done.returncode == 1
    assert "The backup a.backup cannot be used" in done.stderr
    assert not (home / "postgres").exists()
