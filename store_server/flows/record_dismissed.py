"""Flow: the shopper waved an offer away; its campaign is silent for its cooldown."""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.decision import Outcome
from store_server.decisions.repository import DecisionRepository, DismissalRepository
from store_server.errors import NotFound
from store_server.flows.end_waits import meet_waits
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.step import AwaitedKind, Happening
from store_server.shoppers.repository import MergeRepository


def record_dismissed(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    decision_id: str,
    shopper: ShopperId,
    at: datetime | None = None,
) -> None:
    """Note that an offer was dismissed; the first time counts.

    Args:
        uow: the transaction.
        rooms: the store.
        now: taken when the app does not say when.
        decision_id: as the notification or the pull named it.
        shopper: whose app says so.
        at: when it was dismissed; one in the future counts as now.

    Raises:
        NotFound: no such offer was made to this shopper here.
    """
    decision = DecisionRepository(uow.session, rooms.scope).find(decision_id)
    names = MergeRepository(uow.session, rooms.scope).names_of([shopper])
    if (
        decision is None
        or decision.shopper not in names
        or decision.outcome is not Outcome.OFFERED
        or decision.campaign is None
    ):
        raise NotFound("there is no such offer to this shopper", code="unknown_decision")
    dismissed_at = now if at is None else min(at, now)
    is_new = DismissalRepository(uow.session, rooms.scope).add(
        decision.id, shopper=shopper, campaign=decision.campaign, at=dismissed_at
    )
    if is_new:
        happening = Happening(
            shopper,
            AwaitedKind.OFFER_DISMISSED,
            dismissed_at,
            decision.id,
            campaign=decision.campaign,
        )
        meet_waits(uow, rooms, [happening], now=now)
