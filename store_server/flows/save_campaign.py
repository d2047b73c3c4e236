"""Flow: a campaign is made or changed; the next trigger already goes by it.

Where a second person must approve, the change of a campaign that speaks (or is about to) is kept
as a proposal: the version before goes on until somebody else has approved the new one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import Unprocessable
from store_server.flows.check_campaign import require_ready
from store_server.flows.keep_campaign import campaign_now, put_campaign
from store_server.flows.keep_experiment import require_unbroken
from store_server.flows.move_campaign import make_move
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_document import read_campaign
from store_server.offers.campaign_record import SAVED, CampaignVersion
from store_server.offers.lifecycle import NEEDS_APPROVAL, edited, path
from store_server.offers.repository import CampaignRecordRepository


def save_campaign(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign_id: str,
    document: Mapping[str, object],
    by: str,
) -> Campaign:
    """The newest version of the campaign: as it stands now, or as it is proposed.

    Args:
        uow: the transaction; the live catalogue is replaced.
        rooms: the store.
        now: at which consent is asked for the sample of readers.
        campaign_id: from the address.
        document: as in a seed file; `id` and `version` may be left out. With another `state` than
            it has, the campaign is moved there by legal moves.
        by: who changes it.

    Raises:
        Unprocessable: it does not say what it must, names a zone, a segment or an offer that is
            not there, an id other than the address's, or would speak though its checklist does
            not hold.
        Conflict: the campaign has ended, no legal moves lead to the state, or an experiment that
            runs would break.
        NotAllowed: `second_person`: somebody else must approve it.
    """
    if document.get("id", campaign_id) != campaign_id:
        raise Unprocessable(
            f"id is {document['id']!r}; must be {campaign_id!r} as in the address", code="bad_id"
        )
    asked = read_campaign({**document, "id": campaign_id})
    _require_zone(asked, uow.live)
    _require_segment(asked, uow.live)
    before = campaign_now(uow, rooms, asked.id)
    saved = _save(uow, rooms, now=now, before=before, asked=asked, by=by)
    if document.get("state") is not None:
        stands = campaign_now(uow, rooms, asked.id) or saved
        for move in path(stands.state, asked.state):
            saved = stands = make_move(uow, rooms, now=now, campaign=stands, move=move, by=by)
    return saved


def _save(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    before: Campaign | None,
    asked: Campaign,
    by: str,
) -> Campaign:
    records = CampaignRecordRepository(uow.session, rooms.scope)
    newest = max((one.campaign.version for one in records.versions(asked.id)), default=0)
    if before is not None and _same_words(before, asked) and newest <= before.version:
        return before
    saved = edited(before, asked)
    saved = replace(saved, version=max(saved.version, newest + 1))
    changed = uow.live.catalogue.with_campaign(saved)
    require_unbroken(changed)
    speaks = saved.state in NEEDS_APPROVAL
    if speaks:
        require_ready(uow, rooms, now=now, campaign=saved, catalogue=changed)
    if speaks and rooms.policy.second_person:
        records.add_version(CampaignVersion(saved, by, now))
        return saved
    approver = (by, now) if speaks else (None, None)
    records.add_version(CampaignVersion(saved, by, now, *approver))
    put_campaign(uow, rooms, now=now, campaign=saved, before=before, done=(SAVED, by))
    return saved


def _same_words(known: Campaign, asked: Campaign) -> bool:
    return replace(asked, version=known.version, state=known.state) == known


def _require_zone(campaign: Campaign, live: StoreLive) -> None:
    zone = campaign.trigger.zone
    names = [one.id for one in live.plan.zones]
    if zone is not None and zone not in names:
        raise Unprocessable(
            f"trigger.zone is {zone!r}; must be one of {', '.join(names)}", code="unknown_zone"
        )


def _require_segment(campaign: Campaign, live: StoreLive) -> None:
    if campaign.segment is not None and campaign.segment not in live.segments.segments:
        raise Unprocessable(
            f"segment is {campaign.segment!r}; there is no such segment", code="unknown_segment"
        )
