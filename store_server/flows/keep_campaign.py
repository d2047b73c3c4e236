"""How a campaign is written down: as it stands, its version, and who did what with it."""

from dataclasses import replace
from datetime import datetime

import structlog

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.follow_catalogue import publish_catalogue
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.campaign_record import (
    NOTE_LIMIT,
    SAVED,
    CampaignEvent,
    CampaignVersion,
)
from store_server.offers.repository import CampaignRecordRepository, OfferRepository, WaitRepository
from store_server.offers.wait import WaitEnd

log = structlog.get_logger(__name__)
SEED = "seed"


def campaign_now(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, campaign: CampaignId
) -> Campaign | None:
    """The campaign as it stands, locked until the transaction ends; None: there is none."""
    stored = OfferRepository(uow.session, rooms.scope).campaign(campaign)
    return stored if stored is not None else uow.live.catalogue.campaigns.get(campaign)


def require_campaign(uow: UnitOfWork[StoreLive], rooms: StoreRooms, campaign_id: str) -> Campaign:
    """The campaign as it stands, locked until the transaction ends.

    Raises:
        NotFound: there is no such campaign.
    """
    found = campaign_now(uow, rooms, CampaignId(campaign_id))
    if found is None:
        raise NotFound(f"there is no campaign {campaign_id[:64]!r}", code="unknown_campaign")
    return found


def put_campaign(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign: Campaign,
    before: Campaign | None,
    done: tuple[str, str],
    note: str = "",
) -> None:
    """Have this campaign stand from now on, and keep who made it so.

    Args:
        uow: the transaction; the live catalogue is replaced.
        rooms: the store.
        now: when.
        campaign: as it shall stand.
        before: as it stood; None: it is new.
        done: what was done, and by whom.
        note: in the words of who did it.

    Raises:
        Unprocessable: `bad_note`.
    """
    action, by = done
    if len(note) > NOTE_LIMIT or not note.isprintable():
        raise Unprocessable(
            f"note has {len(note)} characters; must be at most {NOTE_LIMIT}, all printable",
            code="bad_note",
        )
    OfferRepository(uow.session, rooms.scope).save_campaigns([campaign])
    _end_waits(uow, rooms, campaign, before, now=now)
    publish_catalogue(uow, rooms, uow.live.catalogue.with_campaign(campaign))
    was = before.state if before is not None else CampaignState.DRAFT
    CampaignRecordRepository(uow.session, rooms.scope).log(
        CampaignEvent(
            campaign.id, action, was, campaign.state, campaign.version, by, at=now, note=note
        )
    )
    if was is not campaign.state:
        uow.after_commit(
            lambda: log.info(
                "campaign moved", campaign=campaign.id, action=action, state=campaign.state.value
            )
        )


def _end_waits(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    campaign: Campaign,
    before: Campaign | None,
    *,
    now: datetime,
) -> None:
    """Nobody waits in a campaign that has fallen silent, or whose step is another now."""
    if before is None or before.step is None:
        return
    reason = WaitEnd.CAMPAIGN_CHANGED if campaign.step != before.step else None
    if campaign.state is not CampaignState.LIVE:
        ended = campaign.state is CampaignState.ENDED
        reason = WaitEnd.CAMPAIGN_ENDED if ended else WaitEnd.CAMPAIGN_PAUSED
    if reason is not None:
        WaitRepository(uow.session, rooms.scope).cancel_campaign(campaign.id, reason, at=now)


def save_seeded(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, campaign: Campaign
) -> None:
    """Write a campaign of a seed file; the same again changes nothing."""
    records = CampaignRecordRepository(uow.session, rooms.scope)
    before = OfferRepository(uow.session, rooms.scope).campaign(campaign.id)
    if before is not None and replace(campaign, version=before.version) == before:
        return
    if before is not None:
        newest = max((one.campaign.version for one in records.versions(campaign.id)), default=0)
        campaign = replace(campaign, version=max(before.version, newest) + 1)
    OfferRepository(uow.session, rooms.scope).save_campaigns([campaign])
    _end_waits(uow, rooms, campaign, before, now=now)
    records.add_version(CampaignVersion(campaign, SEED, now, SEED, now))
    was = before.state if before is not None else CampaignState.DRAFT
    records.log(
        CampaignEvent(campaign.id, SAVED, was, campaign.state, campaign.version, SEED, at=now)
    )
