"""Where things are before any setting is read."""

from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
PARTS_FILE = "parts.json"
PLOTS_DIRECTORY = "plots"
"""Below the data directory: what assets drew, one directory for each asset. The service shows it at this path."""


def default_home() -> Path:
    """Return where the stack keeps its data: ``.xbot`` in the checkout, or below the working directory."""
    return (CHECKOUT if is_checkout() else Path.cwd()) / ".xbot"


def is_checkout() -> bool:
    """Say whether this program runs from a checkout, and not from where a wheel was installed."""
    return (CHECKOUT / "pyproject.toml").is_file()


def whole_path(path: Path) -> Path:
    """Return the absolute path of what somebody wrote, which may begin with a ``~``.

    Raises:
        ValueError: there is no such user, or no working directory any more.
    """
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        msg = "it begins with the home directory of a user that this machine does not know"
    except OSError:
        msg = "it is below the working directory, which was removed"
    raise ValueError(msg)


def env_file_of(home: Path) -> Path:
    """Return the file of settings that belongs to a data directory, whether it exists or not."""
    return home.parent / ".env"
