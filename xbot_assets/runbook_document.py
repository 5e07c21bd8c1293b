"""Writes ``docs/runbook.md`` from the catalogue of alerts, so that it cannot fall behind it.

``python -m xbot_assets.runbook_document > docs/runbook.md``; a test compares the two.
"""

import re
import sys

from xbot_assets.domain.alerts.catalogue import SUBJECTS
from xbot_assets.domain.alerts.entry import ACKNOWLEDGED, AlertEntry

HEADER = """\
# Runbook

Written by `python -m xbot_assets.runbook_document` from `xbot_assets/domain/alerts`; do not edit by hand.

An alert tells; it holds nothing and decides nothing. One is open for each incident, under one key, and stays until it
is resolved by the system or a person acknowledges it. `xbot alerts list`, `xbot status` and the status page show those
that are open, the gravest first. `xbot alerts acknowledge KEY` closes any of them and keeps who did it; that lifts no
hold and changes no post, and a cause that lasts raises the alert again when it is next seen.

Words in capitals stand for what differs from one alert to the next.
"""
_FIELD = re.compile(r"\{(\w+)(?::[^{}]*)?\}")


def runbook_document() -> str:
    """Return the whole file."""
    return "\n".join([HEADER, *(line for subject in SUBJECTS.items() for line in _subject(*subject))])


def _subject(name: str, entries: tuple[AlertEntry, ...]) -> list[str]:
    return [f"## {name}\n", *(line for entry in entries for line in _entry(entry))]


def _entry(entry: AlertEntry) -> list[str]:
    end = f"{entry.ends} `xbot alerts acknowledge {_shown(entry.key)}`" if entry.ends == ACKNOWLEDGED else entry.ends
    return [
        f"### {entry.title}\n",
        f"`{_shown(entry.key)}`, {entry.severity}: {_shown(entry.sentence)}\n",
        f"**What happened.** {entry.meaning}\n",
        f"**What to do.** {_shown(entry.remedy)}\n",
        f"**How it ends.** {end}\n",
    ]


def _shown(template: str) -> str:
    return _FIELD.sub(lambda match: match[1].upper(), template)


if __name__ == "__main__":
    sys.stdout.write(runbook_document())
