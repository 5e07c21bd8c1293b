"""The table of rules for people, made from the rules themselves; ``docs/publishing.md`` holds it and a test compares.

``python -m xbot_assets.domain.admission.table`` prints it.
"""

import sys

from xbot_assets.domain.admission.refusal import Consequence
from xbot_assets.domain.admission.rules import RULES, Rule

_THEN = {
    Consequence.WAIT: "it waits",
    Consequence.HOLD: "a person decides",
    Consequence.REJECT: "it is rejected for good",
}


def rules_table() -> str:
    """Return the rules in order, as a Markdown table."""
    head = "| Rule | What it says | A post that breaks it | Settings |\n| --- | --- | --- | --- |\n"
    return head + "".join(map(_line, RULES))


def _line(rule: Rule) -> str:
    settings = ", ".join(f"`XBOT_{name.upper()}`" for name in rule.settings)
    return f"| `{rule.name}` | {rule.says} | {_THEN[rule.consequence]} | {settings} |\n"


if __name__ == "__main__":
    sys.stdout.write(rules_table())
