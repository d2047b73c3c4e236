"""What forbids to send an offer now, though it was decided: looked at in the claim's transaction.

The same rules as at the decision, legal ones first, by what holds at this instant: a minute may
have passed, and with it a consent, a campaign, a quiet hour. What is forbidden is dropped and not
kept for later: an offer of the shelf is worth nothing at the door. Durable events are not offers.

What was queued for a name that is absorbed by now is asked of the one who goes by it today.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.decisions.frequency_cap import WEEK_DAYS, Shown, ShownRecord, count_shown
from store_server.decisions.repository import DecisionRepository, SwitchRepository
from store_server.flows.check_wishes import Wishes, load_wishes
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.opening import hours_of, is_open, local_time, start_of_local_day
from store_server.outbox.attempt import DeliveryKey
from store_server.outbox.delivery import Due
from store_server.outbox.reason import DeliveryReason
from store_server.shoppers.consent import ConsentEntry, Purpose, allowed
from store_server.shoppers.repository import ComplaintRepository, ConsentRepository, MergeRepository

# What was sent has been counted: it is not asked again whether it may count.
COUNTED = frozenset(
    {
        DeliveryReason.CAP_VISIT,
        DeliveryReason.CAP_DAY,
        DeliveryReason.CAP_WEEK,
        DeliveryReason.CAP_CHANNEL,
    }
)
# What a shopper was told and asks for again is theirs: the till takes its coupon also when the
# campaign has stopped since. The shopper's own no counts, a complaint, and the kill switch; a no to
# a channel is about being written to, and here it is the shopper who asks.
TOLD_ALREADY = COUNTED | {
    DeliveryReason.CAMPAIGN_STOPPED,
    DeliveryReason.OUTSIDE_HOURS,
    DeliveryReason.QUIET_HOURS,
    DeliveryReason.OUTSIDE_SEGMENT,
    DeliveryReason.CHANNEL_REFUSED,
}
_EVERY_DAY = frozenset(range(1, 8))
_FAR_FUTURE = datetime.max.replace(tzinfo=UTC, microsecond=0)
K = TypeVar("K")


class Told(NamedTuple):
    """An offer to a shopper; decision None: it is not known what asked for it."""

    shopper: ShopperId
    decision: Decision | None


def refuse_sending(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    due: Sequence[Due],
    but: frozenset[DeliveryReason] = frozenset(),
) -> dict[DeliveryKey, DeliveryReason]:
    """The first reason against each of these deliveries; those that may go are not in it.

    `but`: reasons that do not count, like `COUNTED`.
    """
    offers = [one for one in due if one.is_offer]
    if not offers:
        return {}
    decided = DecisionRepository(uow.session, rooms.scope).by_id({one.decision for one in offers})
    told = {one.key: Told(one.shopper, decided.get(one.decision)) for one in offers}
    return refuse_telling(uow, rooms, now=now, told=told, but=but)


def refuse_telling(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    told: Mapping[K, Told],
    but: frozenset[DeliveryReason] = TOLD_ALREADY,
) -> dict[K, DeliveryReason]:
    """The first reason against telling each of these offers to whoever goes by the name today.

    `but`: reasons that do not count; unless said otherwise those that end no offer that was told.
    """
    if not told:
        return {}
    if SwitchRepository(uow.session, rooms.scope).is_on():
        return dict.fromkeys(told, DeliveryReason.KILL_SWITCH)
    told = _of_today(uow, rooms, told)
    shoppers = sorted({one.shopper for one in told.values()})
    decided = [one.decision for one in told.values() if one.decision is not None]
    known = _Known(
        willing=_willing(uow, rooms, shoppers, now=now),
        complaining=ComplaintRepository(uow.session, rooms.scope).open_among(shoppers),
        wishes=load_wishes(uow, rooms, now=now, decisions=decided),
        shown=() if but >= COUNTED else _shown(uow, rooms, decided, now=now),
    )
    refused: dict[K, DeliveryReason] = {}
    for key, one in told.items():
        reasons = _refusals(uow.live, rooms, one, known, now=now)
        reason = next((reason for reason in reasons if reason not in but), None)
        if reason is not None:
            refused[key] = reason
    return refused


class _Known(NamedTuple):
    """What is known of the shoppers of some offers, looked up once for all of them."""

    willing: frozenset[ShopperId]
    complaining: frozenset[ShopperId]
    wishes: Wishes
    shown: Sequence[ShownRecord]


def _refusals(
    live: StoreLive, rooms: StoreRooms, told: Told, known: _Known, *, now: datetime
) -> Iterator[DeliveryReason]:
    """Every reason against telling an offer, in a fixed order."""
    shopper, decision = told
    if shopper not in known.willing:
        yield DeliveryReason.CONSENT_WITHDRAWN
    if shopper in known.complaining:
        yield DeliveryReason.COMPLAINT_OPEN
    if decision is None:
        return
    yield from known.wishes.refusals(live, decision)
    stopped = _refuse_campaign(live, rooms, decision, now=now)
    if stopped is not None:
        yield stopped
    campaign = live.catalogue.campaigns.get(decision.campaign) if decision.campaign else None
    if campaign is None:
        return
    used_up = _refuse_by_cap(rooms, campaign, decision, known.shown)
    if used_up is not None:
        yield used_up


def _of_today(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, told: Mapping[K, Told]
) -> dict[K, Told]:
    """The same, as of who each shopper is today."""
    names = MergeRepository(uow.session, rooms.scope).current_of(
        {one.shopper for one in told.values()}
    )
    return {
        key: Told(
            names[shopper],
            None if decision is None else replace(decision, shopper=names[shopper]),
        )
        for key, (shopper, decision) in told.items()
    }


def _willing(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shoppers: Sequence[ShopperId], *, now: datetime
) -> frozenset[ShopperId]:
    """Who agrees to offers now, and has not withdrawn with a time that is yet to come.

    The second matters where the event clock lags behind the shopper's: a no counts at once.
    """
    said: dict[ShopperId, list[ConsentEntry]] = {}
    for entry in ConsentRepository(uow.session, rooms.scope).entries_of(
        shoppers, purpose=Purpose.OFFERS
    ):
        said.setdefault(entry.shopper, []).append(entry)
    return frozenset(
        shopper
        for shopper, words in said.items()
        if all(allowed(words, Purpose.OFFERS, at) for at in (now, _FAR_FUTURE))
    )


def _refuse_campaign(
    live: StoreLive, rooms: StoreRooms, decision: Decision, *, now: datetime
) -> DeliveryReason | None:
    """Whether campaign and offer still say what was decided."""
    catalogue = live.catalogue
    campaign = catalogue.campaigns.get(decision.campaign) if decision.campaign else None
    offer = catalogue.offers.get(decision.offer) if decision.offer else None
    if campaign is None or offer is None or campaign.state is not CampaignState.LIVE:
        return DeliveryReason.CAMPAIGN_STOPPED
    if not campaign.is_running_at(now) or not offer.is_valid_at(now):
        return DeliveryReason.CAMPAIGN_STOPPED
    clock = local_time(now, ZoneInfo(rooms.policy.timezone))
    if not campaign.is_open_at(clock):
        return DeliveryReason.OUTSIDE_HOURS
    quiet = rooms.policy.quiet_hours
    if quiet and is_open(clock, hours=hours_of(*quiet), weekdays=_EVERY_DAY):
        return DeliveryReason.QUIET_HOURS
    return None


def _shown(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, decisions: Sequence[Decision], *, now: datetime
) -> list[ShownRecord]:
    """What counts in the caps of these decisions: seven local days, and their visits."""
    if not decisions:
        return []
    names = MergeRepository(uow.session, rooms.scope).names_of({one.shopper for one in decisions})
    found = DecisionRepository(uow.session, rooms.scope).shown(
        shoppers=[ShopperId(name) for name in names],
        households={one.household for one in decisions if one.household is not None},
        visits={one.visit_id for one in decisions if one.visit_id is not None},
        since=start_of_local_day(
            min(now, *(one.at for one in decisions)) - timedelta(days=WEEK_DAYS - 1),
            ZoneInfo(rooms.policy.timezone),
        ),
    )
    return [one._replace(shopper=names.get(one.shopper, one.shopper)) for one in found]


def _refuse_by_cap(
    rooms: StoreRooms, campaign: Campaign, decision: Decision, records: Sequence[ShownRecord]
) -> DeliveryReason | None:
    """Whether the offers before this one used up a cap, as caps and households are now."""
    before = count_shown(
        [one for one in records if one.at < decision.at],
        shopper=decision.shopper,
        household=decision.household,
        visit_id=decision.visit_id,
        now=decision.at,
        local=ZoneInfo(rooms.policy.timezone),
        channel=decision.channel,
    )
    if before.in_visit_total >= rooms.policy.cap_per_visit:
        return DeliveryReason.CAP_VISIT
    if before.in_visit.get(campaign.id, 0) >= campaign.cap_per_visit:
        return DeliveryReason.CAP_VISIT
    if before.today_total >= rooms.policy.cap_per_day:
        return DeliveryReason.CAP_DAY
    if before.today.get(campaign.id, 0) >= campaign.cap_per_day:
        return DeliveryReason.CAP_DAY
    return _refuse_by_week(rooms, campaign, decision, before)


def _refuse_by_week(
    rooms: StoreRooms, campaign: Campaign, decision: Decision, before: Shown
) -> DeliveryReason | None:
    """The caps of seven days, of the store and the campaign; and that of the channel."""
    policy, own = rooms.policy, campaign.limits.cap_per_week
    if before.week_total >= policy.cap_per_week:
        return DeliveryReason.CAP_WEEK
    if own is not None and before.week.get(campaign.id, 0) >= own:
        return DeliveryReason.CAP_WEEK
    in_channel = policy.channel_caps.get(decision.channel)
    if in_channel is not None and before.channel_today >= in_channel:
        return DeliveryReason.CAP_CHANNEL
    return None
