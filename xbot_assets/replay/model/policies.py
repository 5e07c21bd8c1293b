"""The policies by name."""

from enum import StrEnum

from xbot_assets.domain.lanes import Lane
from xbot_assets.replay.model.course import Played
from xbot_assets.replay.model.legacy import play_legacy
from xbot_assets.replay.model.parameters import Parameters
from xbot_assets.replay.model.slots import SlotRules, play_slots
from xbot_assets.replay.model.tape import Tape

LANE_LIMITS = {Lane.HIGH: 1, Lane.LOW: 1}
"""At most one high and one low operation at once; critical has no limit."""


class Policy(StrEnum):
    """Who gets a slot."""

    LEGACY = "legacy"
    """The old pool, every operation holding its context until it ends."""
    LEGACY_LEAKING = "legacy_leaking"
    """The old pool as coded: most jobs only opened a page in it and let go of the context at once."""
    FIFO = "fifo"
    """First come, first served."""
    PRIORITY = "priority"
    """The most urgent lane first; nothing is reserved."""
    LANES = "lanes"
    """At most one high and one low at once; critical always finds a slot."""
    PREEMPT = "preempt"
    """Lanes, posting windows, and critical work cuts low work short."""


MEANING = {
    Policy.LEGACY: "old pool; an operation holds its context until it ends",
    Policy.LEGACY_LEAKING: "old pool as coded; a context is let go of once a page is open",
    Policy.FIFO: "first come, first served",
    Policy.PRIORITY: "most urgent lane first, nothing reserved",
    Policy.LANES: "at most one high and one low at once",
    Policy.PREEMPT: "lanes, posting windows, low work cut short for critical work",
}
"""The policies in a few words."""


def play(policy: Policy, tape: Tape, parameters: Parameters) -> Played:
    """Play a tape under a policy."""
    if policy in {Policy.LEGACY, Policy.LEGACY_LEAKING}:
        return play_legacy(tape, parameters, leaking=policy is Policy.LEGACY_LEAKING)
    return play_slots(tape, parameters.slots, slot_rules(policy, parameters))


def slot_rules(policy: Policy, parameters: Parameters) -> SlotRules:
    """Return the rules of a slot policy."""
    match policy:
        case Policy.FIFO:
            return SlotRules(by_lane=False)
        case Policy.PRIORITY:
            return SlotRules()
        case Policy.LANES:
            return SlotRules(limits=LANE_LIMITS)
        case _:
            return SlotRules(
                limits=LANE_LIMITS,
                preempts=True,
                no_return_share=parameters.no_return_share,
                window_seconds=parameters.window_seconds,
            )
