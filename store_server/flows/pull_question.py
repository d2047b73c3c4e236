"""From a pull to a trigger: what of the app's word is taken, and what presence knows better."""

from datetime import datetime

from store_server.errors import Unprocessable
from store_server.flows.pull_answer import PullAsked
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ZoneId
from store_server.offers.trigger import Trigger, pull_trigger


def question_of(
    asked: PullAsked, live: StoreLive, rooms: StoreRooms, *, now: datetime, place: int = 1
) -> Trigger:
    """The trigger that a pull is; `place` 2 asks for a second offer, and so on.

    Raises:
        Unprocessable: there is no such zone.
    """
    visit = live.visits.of(asked.shopper)
    return pull_trigger(
        org=rooms.scope.org,
        store=rooms.scope.store,
        shopper=asked.shopper,
        request_id=asked.request_id,
        at=now,
        zone=_zone(asked, live, rooms, now=now),
        visit_id=visit.id if visit is not None else None,
        placement=asked.placement,
        place=place,
        language=asked.language,
    )


def _zone(asked: PullAsked, live: StoreLive, rooms: StoreRooms, *, now: datetime) -> ZoneId | None:
    """Where presence believes the shopper to be; else where the app says, if its word is taken."""
    if asked.zone is not None and live.plan.zone(asked.zone) is None:
        raise Unprocessable(
            f"zone is {asked.zone!r}; there is no such zone here", code="unknown_zone"
        )
    estimate = live.presence.estimate(asked.shopper, now.timestamp())
    if estimate is not None and estimate.zone is not None:
        return estimate.zone
    return asked.zone if asked.placement in rooms.policy.zone_claims else None
