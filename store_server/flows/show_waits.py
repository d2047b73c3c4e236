"""Flow (read): who waits in a campaign's step, and how waits ended."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.offers.repository import WaitRepository
from store_server.offers.wait import Wait, WaitState


@dataclass(frozen=True, slots=True)
class ShownWaits:
    """The newest waits of a campaign in this store; `counts`: waiting, or by how they ended."""

    counts: Mapping[str, int]
    waits: tuple[Wait, ...]


def show_waits(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    campaign_id: str,
    state: WaitState | None = None,
    limit: int = 50,
) -> ShownWaits:
    """The waits of a campaign, of one state if that is asked.

    Raises:
        NotFound: there is no such campaign.
    """
    if campaign_id not in uow.live.catalogue.campaigns:
        raise NotFound(f"there is no campaign {campaign_id[:64]!r}", code="unknown_campaign")
    repository, campaign = WaitRepository(uow.session, rooms.scope), CampaignId(campaign_id)
    found = repository.page(limit=limit, campaign=campaign, state=state)
    return ShownWaits(repository.counts(campaign), tuple(found))
