"""Flow (read): offers and campaigns as documents, with what each campaign has given away."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign
from store_server.offers.offer import Offer
from store_server.offers.repository import BudgetRepository


@dataclass(frozen=True, slots=True)
class ShownCampaign:
    """A campaign, and what it has given away."""

    campaign: Campaign
    use: BudgetUse


def show_campaigns(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[ShownCampaign, ...]:
    """Every campaign of the organisation, drafts too, by id."""
    campaigns = uow.live.catalogue.campaigns
    use = BudgetRepository(uow.session, rooms.scope).use_of(campaigns)
    return tuple(ShownCampaign(campaign, use[name]) for name, campaign in campaigns.items())


def show_offers(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,  # noqa: ARG001 - every flow is given its rooms
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[Offer, ...]:
    """Every offer of the organisation, by id."""
    return tuple(uow.live.catalogue.offers.values())
