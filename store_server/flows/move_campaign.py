"""Flow: somebody takes a campaign on its way: to review, live, paused, ended."""

from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotAllowed
from store_server.flows.check_campaign import require_ready
from store_server.flows.keep_campaign import put_campaign, require_campaign
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_record import CLOCK, PUBLISHED, CampaignVersion
from store_server.offers.lifecycle import NEEDS_APPROVAL, TOWARDS_LIVE, Move, due_move, moved
from store_server.offers.repository import CampaignRecordRepository


def move_campaign(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign_id: str,
    move: Move,
    by: str,
    note: str = "",
) -> Campaign:
    """The campaign after the move; the next decision goes by it.

    Approving one that speaks already approves the version that is proposed for it.

    Raises:
        NotFound: there is no such campaign.
        Conflict: `illegal_move`.
        Unprocessable: `checklist` on the way to going live; `bad_note`.
        NotAllowed: `second_person`: who saved it cannot approve it.
    """
    campaign = require_campaign(uow, rooms, campaign_id)
    return make_move(uow, rooms, now=now, campaign=campaign, move=move, by=by, note=note)


def make_move(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign: Campaign,
    move: Move,
    by: str,
    note: str = "",
) -> Campaign:
    """`move_campaign` for a campaign that is at hand and locked."""
    if move is Move.APPROVE and campaign.state in NEEDS_APPROVAL:
        proposed = _proposal(uow, rooms, campaign)
        if proposed is not None:
            return _publish(
                uow, rooms, now=now, campaign=campaign, proposed=proposed, said=(by, note)
            )
    after = moved(campaign, move)
    if move in TOWARDS_LIVE:
        catalogue = uow.live.catalogue.with_campaign(campaign)
        require_ready(uow, rooms, now=now, campaign=campaign, catalogue=catalogue)
    if move is Move.APPROVE:
        _approve(uow, rooms, now=now, campaign=campaign, by=by)
    put_campaign(
        uow, rooms, now=now, campaign=after, before=campaign, done=(move.value, by), note=note
    )
    return by_the_clock(uow, rooms, now=now, campaign=after)


def by_the_clock(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, campaign: Campaign
) -> Campaign:
    """The campaign after what its window does with it at `now`."""
    while (move := due_move(campaign, now)) is not None:
        after = moved(campaign, move)
        put_campaign(uow, rooms, now=now, campaign=after, before=campaign, done=(move.value, CLOCK))
        campaign = after
    return campaign


def _approve(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, campaign: Campaign, by: str
) -> None:
    records = CampaignRecordRepository(uow.session, rooms.scope)
    for version in records.versions(campaign.id):
        if version.campaign.version == campaign.version:
            _require_second_person(rooms, version, by=by)
            records.approve(replace(version, approved_by=by, approved_at=now))


def _publish(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign: Campaign,
    proposed: CampaignVersion,
    said: tuple[str, str],
) -> Campaign:
    by, note = said
    published = replace(proposed.campaign, state=campaign.state)
    catalogue = uow.live.catalogue.with_campaign(published)
    require_ready(uow, rooms, now=now, campaign=published, catalogue=catalogue)
    _approve(uow, rooms, now=now, campaign=published, by=by)
    put_campaign(
        uow, rooms, now=now, campaign=published, before=campaign, done=(PUBLISHED, by), note=note
    )
    return by_the_clock(uow, rooms, now=now, campaign=published)


def _proposal(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, campaign: Campaign
) -> CampaignVersion | None:
    """The newest version, when it is newer than the one that stands."""
    found = CampaignRecordRepository(uow.session, rooms.scope).versions(campaign.id)
    newest = found[-1] if found else None
    return newest if newest and newest.campaign.version > campaign.version else None


def _require_second_person(rooms: StoreRooms, version: CampaignVersion, *, by: str) -> None:
    if rooms.policy.second_person and version.saved_by == by:
        raise NotAllowed(
            f"{by} saved version {version.campaign.version} of campaign {version.campaign.id}; "
            "somebody else must approve it ([decisions] second_person)",
            code="second_person",
        )
