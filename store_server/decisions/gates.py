"""The gates of the shopper, in their fixed order: who must not be spoken to at all.

Those of campaigns and offers are in `slot_gates`. Each gate is a question to the request alone;
its fact was looked up before.
"""

from collections.abc import Callable

from store_server.decisions.policy import DecisionPolicy
from store_server.decisions.reason import Reason
from store_server.decisions.request import DecisionRequest
from store_server.offers.campaign import EVERY_DAY
from store_server.offers.opening import is_open, local_time

ShopperGate = Callable[[DecisionRequest, DecisionPolicy], bool]


def _is_quiet(request: DecisionRequest, policy: DecisionPolicy) -> bool:
    hours = policy.quiet if request.interrupts else None
    if hours is None:
        return False
    return is_open(local_time(request.at, request.local), hours=hours, weekdays=EVERY_DAY)


def _is_capped_in_channel(request: DecisionRequest, policy: DecisionPolicy) -> bool:
    cap = policy.channel_caps.get(request.channel.value)
    return cap is not None and request.shown.channel_today >= cap


def _is_capped_in_week(request: DecisionRequest, policy: DecisionPolicy) -> bool:
    return policy.cap_per_week is not None and request.shown.week_total >= policy.cap_per_week


SHOPPER_GATES: tuple[tuple[Reason, ShopperGate], ...] = (
    (Reason.KILL_SWITCH, lambda r, _: r.silenced),
    (Reason.SHOPPER_UNKNOWN, lambda r, _: not r.shopper.is_known),
    (Reason.OPEN_COMPLAINT, lambda r, _: r.shopper.open_complaints > 0),
    (Reason.NO_CONSENT_OFFERS, lambda r, _: not r.offers_allowed),
    (Reason.NO_CONSENT_CHANNEL, lambda r, _: not r.shopper.channel_allowed),
    (Reason.STAFF_DEVICE, lambda r, _: r.shopper.is_staff),
    (Reason.STORE_CLOSED, lambda r, _: not r.place.is_open),
    (
        Reason.ZONE_FORBIDS,
        lambda r, p: r.interrupts and r.place.zone_kind in p.silent_zone_kinds,
    ),
    (Reason.QUIET_HOURS, _is_quiet),
    (Reason.SHOPPER_CAP_VISIT, lambda r, p: r.shown.in_visit_total >= p.cap_per_visit),
    (Reason.SHOPPER_CAP_DAY, lambda r, p: r.shown.today_total >= p.cap_per_day),
    (Reason.SHOPPER_CAP_WEEK, _is_capped_in_week),
    (Reason.CHANNEL_CAP, _is_capped_in_channel),
)


def refuse_shopper(request: DecisionRequest, policy: DecisionPolicy) -> Reason | None:
    """The first gate that forbids any offer to this shopper now, or None."""
    return next((reason for reason, refuses in SHOPPER_GATES if refuses(request, policy)), None)


def refusals_of_shopper(request: DecisionRequest, policy: DecisionPolicy) -> tuple[Reason, ...]:
    """Every gate that forbids it, in their order."""
    return tuple(reason for reason, refuses in SHOPPER_GATES if refuses(request, policy))
