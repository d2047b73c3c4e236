"""How a shopper is reached directly, and whether they agree to it: told, withdrawn, taken away.

A contact is no consent: each channel has a word of its own beside that to offers. What a no ends,
ends in the transaction that writes it down: what waits in this channel is suppressed, and what is
under way is cut short.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.given_word import GivenWord, current_of, names_to_say, tell_word
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.stop_sending import stop_sending
from store_server.ids import ShopperId
from store_server.outbox.endpoint import problem_with_url
from store_server.outbox.reason import DeliveryReason
from store_server.shoppers.contact import (
    ChannelWord,
    Contact,
    ContactChannel,
    ContactState,
    allowed_now,
    hint_of,
    read_address,
    read_subscription,
)
from store_server.shoppers.repository import ContactRepository
from store_server.shoppers.repository.merges import MergeRepository


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact as it is shown: never its address. `agreed`: whether it is written to."""

    contact: Contact
    agreed: bool


def save_contact(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    channel: ContactChannel,
    address: str,
    development: bool = False,
) -> KnownContact:
    """Keep how a shopper is reached in a channel, in the place of what was kept before.

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant of the rules.
        shopper: who is reached.
        channel: by which.
        address: e-mail address, phone number, or a browser's subscription as JSON.
        development: whether a push service may be on loopback.

    Raises:
        NotFound: the shopper is not known.
        Unprocessable: `bad_contact`: it is no such address; the text does not repeat it.
    """
    shopper = current_of(uow, rooms, shopper)
    kept = read_address(channel, address)
    if channel is ContactChannel.WEB:
        problem = problem_with_url(read_subscription(kept).endpoint, development=development)
        if problem is not None:
            raise Unprocessable(f"the subscription's {problem}", code="bad_contact")
    contact = Contact(shopper, channel, ContactState.USABLE, hint_of(channel, kept), now)
    _contacts(uow, rooms).save(contact, address=kept)
    return KnownContact(contact, channel in _agreed(uow, rooms, shopper, now=now))


def record_channel_consent(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    channel: ContactChannel,
    granted: bool,
    source: str,
    text_version: str,
    at: datetime | None = None,
) -> ChannelWord:
    """Write a word about a channel down, as `record_consent` does about a purpose.

    Raises:
        NotFound: the shopper is not known.
        Unprocessable: it was said in the future, or source or version are empty or too long.
    """
    given = GivenWord(granted, source, text_version, at)
    given.check(now)
    current = current_of(uow, rooms, shopper)
    contacts = _contacts(uow, rooms)
    for name in names_to_say(uow, rooms, current, granted=granted):
        words = contacts.words(name)
        yeses = [one.at for one in words if one.channel is channel and one.granted]
        word = ChannelWord(name, channel, granted, given.said_at(now, yeses), source, text_version)
        contacts.say(word, recorded_at=now)
    if not granted:
        stop_sending(uow, rooms, current, reason=DeliveryReason.CHANNEL_REFUSED, way=channel)
    tell_word(
        uow,
        rooms,
        shopper=current,
        purpose=f"channel:{channel}",
        granted=granted,
        source=source,
        at=word.at,
    )
    return word


def remove_contact(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    channel: ContactChannel,
) -> None:
    """Forget how a shopper is reached in a channel; the words about it stay in the ledger.

    Raises:
        NotFound: the shopper or the contact is not known.
    """
    del now
    current = current_of(uow, rooms, shopper)
    contacts = _contacts(uow, rooms)
    names = sorted(MergeRepository(uow.session, rooms.scope).names(current))
    if not sum(contacts.remove(name, channel) for name in names):
        raise NotFound("the shopper has no contact in this channel", code="unknown_contact")
    stop_sending(uow, rooms, current, reason=DeliveryReason.CONTACT_UNUSABLE, way=channel)


def show_contacts(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, shopper: ShopperId
) -> Sequence[KnownContact]:
    """How a shopper is reached, by channel, without addresses.

    Of a channel that was told under several names, what was told under that of today.

    Raises:
        NotFound: the shopper is not known.
    """
    current = current_of(uow, rooms, shopper)
    agreed = _agreed(uow, rooms, current, now=now)
    names = MergeRepository(uow.session, rooms.scope).names(current) - {current}
    found: dict[ContactChannel, Contact] = {}
    for name in [*sorted(names), current]:
        found |= {one.channel: one for one in _contacts(uow, rooms).of(name)}
    return [KnownContact(found[one], one in agreed) for one in sorted(found)]


def _agreed(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId, *, now: datetime
) -> frozenset[ContactChannel]:
    return allowed_now(_contacts(uow, rooms).words(shopper), now)


def _contacts(uow: UnitOfWork[StoreLive], rooms: StoreRooms) -> ContactRepository:
    return ContactRepository(uow.session, rooms.scope, rooms.vault)
