"""From a visit to a redemption: how many came how far, and where the others were lost.

    visits > in zone > asked > eligible > decided > offered > delivered > opened > redeemed

Each step counts things, not shoppers; its losses name the reason codes of the room that stopped
them. A trigger has exactly one decision, so what was asked is the decisions of any outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass

STEPS = (
    "visits",
    "in_zone",
    "asked",
    "eligible",
    "decided",
    "offered",
    "delivered",
    "opened",
    "redeemed",
)

# Stands in the codes of what was refused because it is not worth it (`decisions.reason`).
WORTH = "value"


@dataclass(frozen=True, slots=True)
class Counts:
    """What was counted in a span of time.

    zone_stays: zones entered. outcomes: decisions by outcome. reasons: why decisions showed
    nothing, by reason code.
    deliveries: undelivered ways by state and reason, such as "expired: moment_over".
    coupons: unused coupons by state.
    """

    visits: int
    zone_stays: int
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

    "eligible" passed every gate that is not about worth; "decided" had an offer worth making;
    held-out ghosts are lost between decided and offered.
    """
    offered = counts.outcomes.get("offered", 0)
    held_out = counts.outcomes.get("held_out", 0)
    asked = sum(counts.outcomes.values())
    not_worth = {reason: n for reason, n in counts.reasons.items() if WORTH in reason}
    refused = {reason: n for reason, n in counts.reasons.items() if WORTH not in reason}
    return (
        Step("visits", counts.visits, {}),
        Step("in_zone", counts.zone_stays, {}),
        Step("asked", asked, {}),
        Step("eligible", asked - sum(refused.values()), _sorted(refused)),
        Step("decided", offered + held_out, _sorted({**not_worth, **_handed_over(counts)})),
        Step("offered", offered, {"held_out": held_out} if held_out else {}),
        Step("delivered", counts.delivered, _sorted(counts.undelivered)),
        Step("opened", counts.opened, _unopened(counts)),
        Step("redeemed", counts.redeemed, _sorted(counts.unused)),
    )


def _handed_over(counts: Counts) -> Mapping[str, int]:
    handed_over = counts.outcomes.get("handed_over", 0)
    return {"handed_over": handed_over} if handed_over else {}


def _unopened(counts: Counts) -> Mapping[str, int]:
    unopened = counts.delivered - counts.opened
    return {"not_opened": unopened} if unopened > 0 else {}


def _sorted(lost: Mapping[str, int]) -> Mapping[str, int]:
    """Largest first, then by name."""
    return dict(sorted(lost.items(), key=lambda item: (-item[1], item[0])))
