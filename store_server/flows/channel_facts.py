"""Which channels reach the shoppers at hand, ranked: looked up once, only where there is a choice.

The retailer's backend is always one (`push`). E-mail, SMS and web push need a contact that can be
used, and a yes of its own; a screen is offered where one hangs, and counts only for campaigns that
name it (`slot_gates`).
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.channel_choice import IN_ORDER, ChannelMark, Opens, rank_channels
from store_server.flows.offer_words import READ_IN
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.offers.channel import ReadingChannel
from store_server.outbox.channel_setup import CONTACTS
from store_server.outbox.repository import NotificationRepository
from store_server.shoppers.contact import ContactChannel, allowed_now
from store_server.shoppers.profile import Profile
from store_server.shoppers.repository import ContactRepository

OPENS_SPAN = timedelta(days=90)
Ranked = dict[ShopperId, tuple[ChannelMark, ...]]


def load_channels(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    names: Mapping[str, ShopperId],
    profiles: Mapping[ShopperId, Profile],
    profile_allowed: Collection[ShopperId],
) -> Ranked:
    """The channels of each shopper, the best first; empty where only webhooks are set up.

    What is preferred and what is opened is of the profile, and looked at with that consent alone.
    """
    set_up = [ReadingChannel(one) for one in rooms.channels.limits if one in set(IN_ORDER)]
    if not set_up:
        return {}
    contacts = ContactRepository(uow.session, rooms.scope, rooms.vault)
    usable = contacts.usable(names)
    words = contacts.words_of(profiles)
    opens = NotificationRepository(uow.session, rooms.scope).opens_of(
        [name for name, who in names.items() if who in profile_allowed], since=now - OPENS_SPAN
    )
    ranked: Ranked = {}
    for shopper, profile in profiles.items():
        agreed = allowed_now(words.get(shopper, ()), now) & usable.get(shopper, frozenset())
        reached = {ReadingChannel.PUSH} | {
            one for one in set_up if one not in CONTACTS or ContactChannel(one) in agreed
        }
        knows = shopper in profile_allowed
        ranked[shopper] = rank_channels(
            {one for one in reached if profile.takes(one) or one is ReadingChannel.KIOSK},
            opens=_counted(opens, names, shopper) if knows else {},
            preferred=_preferred(profile, rooms) if knows else None,
        )
    return ranked


def _counted(
    opens: Mapping[tuple[str, str], tuple[int, int]],
    names: Mapping[str, ShopperId],
    shopper: ShopperId,
) -> dict[ReadingChannel, Opens]:
    found: dict[ReadingChannel, Opens] = {}
    ways = {str(way): reading for way, reading in READ_IN.items()}
    for (name, way), (delivered, opened) in opens.items():
        if names.get(name) == shopper and way in ways:
            before = found.get(ways[way], Opens(0, 0))
            found[ways[way]] = Opens(before.delivered + delivered, before.opened + opened)
    return found


def _preferred(profile: Profile, rooms: StoreRooms) -> ReadingChannel | None:
    said = profile.attributes.get(rooms.policy.channel_attribute)
    return ReadingChannel(said) if isinstance(said, str) and said in set(ReadingChannel) else None
