"""Compares our count of a text's length, and the sandbox's, with X's own library: node and the package are needed.

npm install --prefix /tmp/x twitter-text@3.1.0
TWITTER_TEXT_MODULES=/tmp/x/node_modules python -m benchmarks.weighted_length [--texts N] [--seed N] [--table FILE]
"""

import argparse
import json
import sys
from pathlib import Path

from xbot_assets.domain.posts.weighted_length import weighted_length
from xbot_assets.sandbox.counting.weight import weighted_length as sandbox_length
from xbot_assets.testing.weighted.oracle import counted_by_x, why_absent
from xbot_assets.testing.weighted.texts import drawn_texts, hard_texts, table_texts

TEXTS = 5_000
SHOWN = 20


def main() -> int:
    """Print how many texts count differently, with the shortest of them; write the table of the tests if asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--texts", type=int, default=TEXTS, help="drawn besides every link beside every neighbour")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--table", type=Path, help="write the values of the tests' texts here, and do nothing else")
    asked = parser.parse_args()
    if (absent := why_absent()) is not None:
        sys.exit(absent)
    return _write_table(asked.table) if asked.table else _compare(asked.seed, asked.texts)


def _write_table(path: Path) -> int:
    texts = list(table_texts())
    rows = [json.dumps(row) for row in zip(texts, counted_by_x(texts), strict=True)]
    path.write_text("[\n" + ",\n".join(rows) + "\n]\n", "utf-8")
    return 0


def _compare(seed: int, drawn: int) -> int:
    texts = list(hard_texts(seed, drawn))
    expected = counted_by_x(texts)
    different = [row for row in zip(texts, expected, map(weighted_length, texts), strict=True) if row[1] != row[2]]
    print(f"{len(texts)} texts, {len(different)} counted differently")
    for text, wanted, ours in sorted(different, key=lambda row: len(row[0]))[:SHOWN]:
        print(f"  {text!a}: X {wanted}, ours {ours}")
    few = list(drawn_texts(seed, drawn))
    above = sum(map(int.__gt__, map(sandbox_length, few), counted_by_x(few)))
    print(f"{len(few)} texts, {above} for which the sandbox counts more than X")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
