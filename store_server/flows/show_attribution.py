"""Flow (read): what one decision led to at the till, basket by basket.

That is what happened, not what the decision caused: what would have been bought anyway is only
known by the comparison with who was held out (`show_report`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.show_decisions import show_decision
from store_server.reports.credited_basket import CreditedBasket
from store_server.reports.repository import ReceiptRepository


@dataclass(frozen=True, slots=True)
class Attributed:
    """A decision and the baskets that are credited to it, oldest first."""

    decision: Decision
    baskets: Sequence[CreditedBasket]

    @property
    def redeemed(self) -> bool:
        """Whether its coupon was used."""
        return any(one.kind == "redeemed" for one in self.baskets)

    @property
    def in_window(self) -> Sequence[CreditedBasket]:
        """Those that both arms could have: what results count."""
        return [one for one in self.baskets if one.in_window]


def show_attribution(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, decision_id: str
) -> Attributed:
    """What a decision is credited with; a ghost by the same rule as one that was offered.

    Raises:
        NotFound: no decision of this id in this store.
    """
    decision = show_decision(uow, rooms, now=now, decision_id=decision_id).decision
    receipts = ReceiptRepository(uow.session, rooms.scope)
    return Attributed(decision, receipts.credited_to(decision.id))
