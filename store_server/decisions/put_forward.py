"""What a decision put forward, or would have: as much of it as a basket is credited by."""

from datetime import datetime
from typing import NamedTuple

from store_server.ids import HouseholdId, OfferId, ShopperId


class PutForward(NamedTuple):
    """An offered or held-out decision without its reasons and candidates."""

    id: str
    at: datetime
    shopper: ShopperId
    household: HouseholdId | None
    visit_id: str | None
    offer: OfferId | None
    offer_version: int | None
