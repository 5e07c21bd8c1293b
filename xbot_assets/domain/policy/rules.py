"""The policy rules, each a pure function of the facts and the owner's limits.

Their order, and what becomes of a post that breaks one, are in ``domain/admission/rules.py``.
"""

from datetime import timedelta

from xbot_assets.domain.policy.facts import Objection, PolicyFacts, PolicyLimits, clock

DAY = timedelta(days=1)
LABEL_REMEDY = (
    "Switch the label on in the account's settings on X; the next reading of the profile sees it. "
    "Only if it is on and stays unknown, set XBOT_AUTOMATED_LABEL_SET=true."
)
AGE_REMEDY = (
    "Wait: XBOT_ACCOUNT_AGE_DAYS_MIN says how old it must be, and the next reading of the profile how old it is. "
    "Only if that stays unknown, set XBOT_ACCOUNT_CREATED_ON."
)


_UNANSWERABLE = {
    "stop": "@{author} asked not to be answered.",
    "bot": "@{author} is a bot.",
    "owner": "The owner does not want @{author} to be answered.",
}


def unanswerable(facts: PolicyFacts, _limits: PolicyLimits) -> Objection | None:
    """Whoever said stop, is a bot or was excluded by the owner is never answered."""
    if facts.unanswerable is None:
        return None
    return Objection(_UNANSWERABLE[facts.unanswerable].format(author=facts.author))


def thread_cap(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """In one conversation there are only so many replies, and fewer where the other account is automated too."""
    most = limits.automated_turns if facts.author_automated else limits.replies_per_thread
    if not facts.is_reply or facts.replies_in_thread < most:
        return None
    other = " and the other account is automated" if facts.author_automated else ""
    return Objection(f"{facts.replies_in_thread} replies stand in this conversation already{other}.")


def engaged_only(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """Only accounts that engaged with this one lately are answered: X's condition for automated replies."""
    if not facts.is_reply or not limits.engaged_only:
        return None
    if facts.author_engaged_at is None:
        return Objection(f"@{facts.author} was never seen to engage with this account.")
    if facts.now - facts.author_engaged_at > limits.engaged_within:
        return Objection(
            f"@{facts.author} last engaged on {clock(facts.author_engaged_at)}, "
            f"more than {limits.engaged_within.days} day(s) ago."
        )
    return None


def approval(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """A post that needs a person's approval goes nowhere without it, nor with words that were not approved."""
    if facts.approved or not limits.approval.concerns(is_reply=facts.is_reply):
        return None
    kind = "every post" if limits.approval.concerns(is_reply=False) else "a reply"
    return Objection(f"A person must approve {kind} before it is published.")


def automated_label(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """The account must carry X's label of automated accounts; not knowing is as good as not carrying it."""
    if not limits.label_needed or facts.labelled_automated:
        return None
    if facts.labelled_automated is None:
        return Objection(
            "It is not known that the account carries X's label of automated accounts.", None, LABEL_REMEDY
        )
    return Objection("The account does not carry X's label of automated accounts.", None, LABEL_REMEDY)


def account_age(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """An account that is too young publishes nothing by itself; one of unknown age is too young."""
    if not limits.account_age:
        return None
    if facts.account_created_at is None:
        return Objection("It is not known how old the account is.", None, AGE_REMEDY)
    old_enough = facts.account_created_at + limits.account_age
    if facts.now >= old_enough:
        return None
    return Objection(f"The account is younger than {limits.account_age.days} day(s).", old_enough, AGE_REMEDY)


def quiet_hours(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """Nothing is published in the quiet hours of the owner's time zone."""
    # A thread that was begun is not cut in two.
    if facts.continues or limits.quiet is None or not limits.quiet.contain(facts.now, limits.zone):
        return None
    until = limits.quiet.end_after(facts.now, limits.zone)
    return Objection(f"These are quiet hours, until {clock(until)}.", until)


def author_cap(facts: PolicyFacts, limits: PolicyLimits) -> Objection | None:
    """Within any 24 hours one author gets only so many replies."""
    answered = facts.replies_to_author
    if not facts.is_reply or len(answered) < limits.replies_per_author:
        return None
    until = answered[-limits.replies_per_author] + DAY
    return Objection(f"@{facts.author} got {len(answered)} replies in 24 hours already.", until)
