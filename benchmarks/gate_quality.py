"""Precision and recall of every gate on the labelled texts: ``python -m benchmarks.gate_quality [--half tuning]``.

Prints a table and one JSON document.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict

from xbot_assets.domain.gates.reading.history import history_of
from xbot_assets.llm.persona import load_persona
from xbot_assets.testing.content.gate_quality import Half, Quality, labelled_texts, measure, milliseconds, wrong


def _print_table(half: str, rows: Sequence[Quality]) -> None:
    print(f"\n{half}\n{'gate':<15} {'caught':>6} {'missed':>6} {'wrongly':>7} {'precision':>9} {'recall':>6}")
    for row in rows:
        figures = f"{row.caught:>6} {row.missed:>6} {row.wrongly:>7} {row.precision:>9.3f} {row.recall:>6.3f}"
        print(f"{row.gate:<15} {figures}")


def main() -> int:
    """Measure, print, return 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=("tuning", "held_out", "both"), default=None)
    parser.add_argument("--mistakes", action="store_true", help="list every mistake")
    asked = parser.parse_args()
    document: dict[str, object] = {}
    halves: list[Half] = [asked.half] if asked.half else ["tuning", "held_out"]
    for half in halves:
        texts, before = labelled_texts(half)
        history = history_of(before, load_persona().language)
        rows = measure(texts, history)
        _print_table(f"{half}: {len(texts)} texts", rows)
        if asked.mistakes:
            print(*wrong(texts, history), sep="\n")
        document[half] = [asdict(row) | {"precision": row.precision, "recall": row.recall} for row in rows]
    took = milliseconds(labelled_texts()[0])
    document["ms_per_text_median"], document["ms_per_text_max"] = took[len(took) // 2], took[-1]
    print(json.dumps(document, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
