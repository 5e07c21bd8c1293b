"""The table of rules for people, made from the rules themselves; ``docs/approval.md`` holds it and a test compares.

``python -m xbot_assets.domain.policy.table`` prints it.
"""

import sys

from xbot_assets.domain.policy.facts import Consequence
from xbot_assets.domain.policy.rules import RULES, Rule

_THEN = {
    Consequence.WAIT: "it stays in the queue and is looked at again",
    Consequence.HOLD: "it waits for a person",
    Consequence.REJECT: "it is rejected for good",
}


def policy_table() -> str:
    """Return the rules in order, as a Markdown table."""
    head = "| Rule | What it says | A post that breaks it | Settings |\n| --- | --- | --- | --- |\n"
    return head + "".join(map(_line, RULES))


def _line(rule: Rule) -> str:
    says = (rule.objects.__doc__ or "").strip()
    settings = ", ".join(f"`XBOT_{name.upper()}`" for name in rule.settings)
    return f"| `{rule.name}` | {says} | {_THEN[rule.consequence]} | {settings} |\n"


if __name__ == "__main__":
    sys.stdout.write(policy_table())
