"""From a visit to a redemption: how many came how far, and where the others were lost.

Each step counts things, not shoppers; its losses name the reason codes of the room that stopped
them. A trigger has exactly one decision, so triggers are decisions.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STEPS = (
    "visits",
    "triggers",
    "chosen",
    "offered",
    "delivered",
    "opened",
    "redeemed",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in a span of time.

    outcomes: decisions by outcome. reasons: why decisions showed nothing, by reason code.
    deliveries: undelivered ways by state and reason, such as "expired: moment_over".
    coupons: unused coupons by state.
    """

    visits: int
    outcomes: Mapping[str, int]
    reasons: Mapping[str, int]
    notified: int
    delivered: int
    opened: int
    issued: int
    redeemed: int
    undelivered: Mapping[str, int]
    unused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step: how many reached it, and why others of the step before did not."""

    name: str
    count: int
    lost: Mapping[str, int]


def funnel_of(counts: Counts) -> tuple[Step, ...]:
    """The steps in the order of STEPS.

    "chosen" had an offer worth making; held-out ghosts are lost between chosen and offered.
    """
    offered = counts.outcomes.get("offered", 0)
    held_out = counts.outcomes.get("held_out", 0)
    triggers = sum(counts.outcomes.values())
    return (
        Step("visits", counts.visits, {}),
        Step("triggers", triggers, {}),
        Step("chosen", offered + held_out, _sorted(counts.reasons)),
        Step("offered", offered, {"held_out": held_out} if held_out else {}),
        Step("delivered", counts.delivered, _sorted(counts.undelivered)),
        Step("opened", counts.opened, _unopened(counts)),
        Step("redeemed", counts.redeemed, _sorted(counts.unused)),
    )


def _unopened(counts: Counts) -> Mapping[str, int]:
    unopened = counts.delivered - counts.opened
    return {"not_opened": unopened} if unopened > 0 else {}


def _sorted(lost: Mapping[str, int]) -> Mapping[str, int]:
    """Largest first, then by name."""
    return dict(sorted(lost.items(), key=lambda item: (-item[1], item[0])))
