"""What a shopper's own standing forbids right before sending: works here, never wants it, left.

The facts are those of the decision (`decision_facts`), looked up anew for the few offers at hand.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.decisions.decision import Decision
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.segment_facts import subjects_of
from store_server.ids import ShopperId
from store_server.outbox.reason import DeliveryReason
from store_server.shoppers.profile import CHANNEL_WISH, Profile
from store_server.shoppers.repository import ProfileRepository


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is known now of the shoppers of some offers."""

    profiles: Mapping[ShopperId, Profile]
    segments: Mapping[ShopperId, frozenset[str]]

    def refusals(self, live: StoreLive, decision: Decision) -> Iterator[DeliveryReason]:
        """Every reason against sending what was decided, in a fixed order."""
        profile = self.profiles.get(decision.shopper)
        if profile is None:
            return
        yield from refusals_of_profile(profile, live, decision)
        campaign = live.catalogue.campaigns.get(decision.campaign) if decision.campaign else None
        segment = campaign.segment if campaign is not None else None
        if segment and segment not in self.segments.get(decision.shopper, frozenset()):
            yield DeliveryReason.OUTSIDE_SEGMENT


def refusals_of_profile(
    profile: Profile, live: StoreLive, decision: Decision
) -> Iterator[DeliveryReason]:
    """What a shopper is, or said once, against telling what was decided."""
    if profile.staff:
        yield DeliveryReason.STAFF_DEVICE
    if f"{CHANNEL_WISH}{decision.channel}" in profile.excluded:
        yield DeliveryReason.CHANNEL_REFUSED
    offer = live.catalogue.offers.get(decision.offer) if decision.offer else None
    if offer is not None and {offer.id, offer.category} & profile.excluded:
        yield DeliveryReason.EXCLUDED


def load_wishes(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, decisions: Sequence[Decision]
) -> Wishes:
    """What is known now of the shoppers of these decisions; segments where a campaign has one."""
    shoppers = {one.shopper for one in decisions}
    campaigns = uow.live.catalogue.campaigns
    asked: dict[ShopperId, set[str]] = {}
    for one in decisions:
        campaign = campaigns.get(one.campaign) if one.campaign else None
        if campaign is not None and campaign.segment:
            asked.setdefault(one.shopper, set()).add(campaign.segment)
    subjects = subjects_of(uow, rooms, now=now, shoppers=list(asked)) if asked else {}
    book = uow.live.segments
    return Wishes(
        ProfileRepository(uow.session, rooms.scope).of(shoppers) if shoppers else {},
        {
            shopper: frozenset(name for name in asked[shopper] if book.holds(name, subject))
            for shopper, subject in subjects.items()
        },
    )
