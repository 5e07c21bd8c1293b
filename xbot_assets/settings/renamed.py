"""Settings under their old names: they work for one version, and a start says what they are called now."""

from collections.abc import Callable, Mapping

RENAMED = {
    "reconcile_looks_max": "recovery_looks_max",
    "reconcile_minutes": "recovery_minutes",
    "requeue_in_doubt": "requeue_unconfirmed",
    "metrics_young_minutes": "metrics_first_day_minutes",
    "metrics_middle_minutes": "metrics_first_week_minutes",
    "metrics_old_minutes": "metrics_later_minutes",
}
"""Old names and new ones; an old name goes with the next version."""


def with_new_names(
    values: Mapping[str, str], prefix: str, problems: list[str], tell: Callable[[str], None]
) -> dict[str, str]:
    """Return what was set, under today's names.

    Args:
        values: what the environment and ``.env`` set, by its whole name.
        prefix: what every name begins with.
        problems: gets a sentence for each setting that is given under both names.
        tell: told each old name in use.
    """
    renamed = {prefix + old.upper(): prefix + new.upper() for old, new in RENAMED.items()}
    today = {name: value for name, value in values.items() if name not in renamed}
    for old in sorted(renamed.keys() & values.keys()):
        new = renamed[old]
        if new in values:
            problems.append(f"{old} and {new} are the same setting; keep {new} only.")
            continue
        tell(f"{old} is now called {new}; the old name works for this version only.")
        today[new] = values[old]
    return today
