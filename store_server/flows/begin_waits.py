"""Flow: a trigger begins the wait of a campaign's step, once, for those who agree to it.

Called within the transaction of what caused the trigger. Of somebody who does not agree to what
waiting needs nothing is kept. Segment, caps and all other gates are asked when the wait is over.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.decisions.repository import SwitchRepository
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import Catalogue
from store_server.offers.repository import WaitRepository
from store_server.offers.trigger import Trigger, TriggerKind
from store_server.offers.wait import Wait, WaitEnd, WaitState, begin, may_begin
from store_server.shoppers.consent import Purpose
from store_server.shoppers.repository import ConsentRepository, ShopperRepository


def begin_waits(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, triggers: Sequence[Trigger]
) -> int:
    """Begin what these triggers begin; how many waits are new.

    Who may not come back so soon gets a wait that is cancelled at once, for the reason `reentry`.
    """
    begun = _begun_by(uow.live.catalogue, triggers, now=now)
    if not begun or SwitchRepository(uow.session, rooms.scope).is_on():
        return 0
    local = ZoneInfo(rooms.policy.timezone)
    waits = [
        (campaign, begin(campaign, trigger, org=rooms.scope.org, local=local))
        for campaign, trigger in begun
    ]
    agreed = _agreed(uow, rooms, [wait for _, wait in waits], now=now)
    wanted = [
        (campaign, wait)
        for campaign, wait in waits
        if all(
            wait.shopper in agreed[one] for one in (None, *wait.step.purposes(wait.trigger_kind))
        )
    ]
    if not wanted:
        return 0
    repository = WaitRepository(uow.session, rooms.scope)
    last = repository.last_entries(
        {campaign.id for campaign, _ in wanted}, {wait.shopper for _, wait in wanted}
    )
    kept: list[Wait] = []
    for campaign, wait in wanted:
        if may_begin(campaign, wait, last.get((campaign.id, wait.shopper)), local):
            kept.append(wait)
        else:
            refused = replace(
                wait, state=WaitState.CANCELLED, ended_by=WaitEnd.REENTRY, ended_at=wait.began_at
            )
            kept.append(refused)
    return repository.begin(kept)


def that_ask(catalogue: Catalogue, triggers: Sequence[Trigger]) -> list[Trigger]:
    """The triggers that ask for a decision: all but those that only begin waits."""
    return [one for one in triggers if _asks(catalogue, one)]


def _asks(catalogue: Catalogue, trigger: Trigger) -> bool:
    if trigger.kind is TriggerKind.STEP:
        return True
    if trigger.campaign is not None:
        campaign = catalogue.campaigns.get(trigger.campaign)
        return campaign is None or campaign.step is None
    asked = catalogue.listening(trigger.kind, trigger.zone)
    return bool(asked) or not catalogue.beginning(trigger.kind, trigger.zone)


def _begun_by(
    catalogue: Catalogue, triggers: Sequence[Trigger], *, now: datetime
) -> list[tuple[Campaign, Trigger]]:
    return [
        (campaign, trigger)
        for trigger in triggers
        for campaign in catalogue.beginning(trigger.kind, trigger.zone)
        if campaign.state is CampaignState.LIVE
        and campaign.is_running_at(now)
        and campaign.begins_at(trigger)
    ]


def _agreed(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, waits: Collection[Wait], *, now: datetime
) -> Mapping[Purpose | None, Collection[ShopperId]]:
    """Who is known (None), and who agrees to each purpose."""
    shoppers = {one.shopper for one in waits}
    ledger = ConsentRepository(uow.session, rooms.scope)
    known: dict[Purpose | None, Collection[ShopperId]] = {
        None: ShopperRepository(uow.session, rooms.scope).by_id(shoppers)
    }
    for purpose in {one for wait in waits for one in wait.step.purposes(wait.trigger_kind)}:
        known[purpose] = ledger.allowed_among(shoppers, purpose, at=now)
    return known
