"""Flow (read): one campaign, its versions and what was done with it."""

from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.offers.budget import BudgetUse
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_document import write_campaign
from store_server.offers.campaign_record import CampaignEvent, CampaignVersion
from store_server.offers.lifecycle import NEEDS_APPROVAL, Move, moves_from
from store_server.offers.repository import BudgetRepository, CampaignRecordRepository
from store_server.offers.version_difference import Difference, difference_of


@dataclass(frozen=True, slots=True)
class CampaignShown:
    """A campaign as it stands, what it gave away, what may be done with it.

    proposed: the version that waits for its approval, if one does.
    """

    campaign: Campaign
    use: BudgetUse
    moves: tuple[Move, ...]
    proposed: int | None


def show_campaign(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    campaign_id: str,
) -> CampaignShown:
    """One campaign as it stands.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = _campaign(uow, campaign_id)
    versions = CampaignRecordRepository(uow.session, rooms.scope).versions(campaign.id)
    newest = versions[-1].campaign.version if versions else 0
    proposed = newest if newest > campaign.version else None
    moves = moves_from(campaign.state)
    if proposed is not None and campaign.state in NEEDS_APPROVAL:
        moves = (*moves, Move.APPROVE)
    use = BudgetRepository(uow.session, rooms.scope).use_of([campaign.id])[campaign.id]
    return CampaignShown(campaign, use, moves, proposed)


def show_versions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    campaign_id: str,
) -> list[CampaignVersion]:
    """Every version of a campaign, oldest first.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = _campaign(uow, campaign_id)
    return CampaignRecordRepository(uow.session, rooms.scope).versions(campaign.id)


def show_difference(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign_id: str,
    before: int,
    after: int,
) -> list[Difference]:
    """What two versions of a campaign have otherwise.

    Raises:
        NotFound: there is no such campaign or version.
    """
    found = show_versions(uow, rooms, now=now, campaign_id=campaign_id)
    versions = {one.campaign.version: write_campaign(one.campaign) for one in found}
    return difference_of(versions, before, after, named=f"campaign {campaign_id}")


def show_campaign_events(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    campaign_id: str,
) -> list[CampaignEvent]:
    """Who did what with a campaign, oldest first.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = _campaign(uow, campaign_id)
    return CampaignRecordRepository(uow.session, rooms.scope).events(campaign.id)


def _campaign(uow: UnitOfWork[StoreLive], campaign_id: str) -> Campaign:
    found = uow.live.catalogue.campaigns.get(CampaignId(campaign_id))
    if found is None:
        raise NotFound(f"there is no campaign {campaign_id[:64]!r}", code="unknown_campaign")
    return found
