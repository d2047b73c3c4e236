"""Where a delivery goes that is no webhook: looked up in the transaction that claims it.

Addresses are opened here and nowhere else, for the few deliveries at hand; a contact that is gone,
or a channel that the shopper does not agree to any more, ends the delivery with its reason.
"""

import json
from collections.abc import Sequence
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.unsubscribe import unsubscribe_url
from store_server.outbox.attempt import Claim, DeliveryKey
from store_server.outbox.channel_setup import CONTACTS, SCREEN, STAFF
from store_server.outbox.delivery import Due
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.retry_schedule import Schedule
from store_server.shoppers.contact import ContactChannel, allowed_now, push_service
from store_server.shoppers.repository import ContactRepository, ShopperRepository
from store_server.shoppers.repository.merges import MergeRepository

Addressed = dict[DeliveryKey, Claim | DeliveryReason]


def address_claims(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    channel: str,
    due: Sequence[Due],
    ticket: int,
) -> Addressed:
    """A claim for each delivery, or why it cannot be sent any more.

    Args:
        uow: the transaction.
        rooms: the store.
        now: of the clock that rules decisions.
        channel: by which all of them go.
        due: what was just claimed.
        ticket: when, for recalls.
    """
    if channel in CONTACTS:
        return _by_contact(uow, rooms, now=now, channel=channel, due=due, ticket=ticket)
    found: Addressed = {}
    for one in due:
        address = _address(rooms, channel, one)
        found[one.key] = (
            _claim(one, address, now=now, ticket=ticket) if address else DeliveryReason.CHANNEL_OFF
        )
    return found


def _address(rooms: StoreRooms, channel: str, due: Due) -> str:
    if channel == STAFF:
        return rooms.channels.staff_address
    if channel == SCREEN:
        zone = json.loads(due.body)["data"].get("zone")
        return rooms.channels.screens.get(zone, "")
    return ""


def _by_contact(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    channel: str,
    due: Sequence[Due],
    ticket: int,
) -> Addressed:
    session, scope = uow.session, rooms.scope
    kind = ContactChannel(channel)
    shoppers = {one.shopper for one in due}
    # What was queued for a name that is absorbed by now goes to whoever it is today.
    current = MergeRepository(session, scope).current_of(shoppers)
    names = MergeRepository(session, scope).names_of(current.values())
    contacts = ContactRepository(session, scope, rooms.vault)
    addresses = contacts.addresses(names, kind)
    words = contacts.words_of(current.values())
    known = ShopperRepository(session, scope).by_id(current.values())
    found: Addressed = {}
    for one in due:
        who = current[one.shopper]
        address = addresses.get(who)
        if kind not in allowed_now(words.get(who, ()), now):
            found[one.key] = DeliveryReason.CHANNEL_REFUSED
        elif address is None:
            found[one.key] = DeliveryReason.CONTACT_UNUSABLE
        else:
            found[one.key] = _claim(
                one,
                address,
                now=now,
                ticket=ticket,
                url=unsubscribe_url(rooms, who, kind),
                language=known[who].language if who in known else "en",
                receiver=push_service(address) if kind is ContactChannel.WEB else "",
            )
    return found


def _claim(
    due: Due,
    address: str,
    *,
    now: datetime,
    ticket: int,
    url: str = "",
    language: str = "en",
    receiver: str = "",
) -> Claim:
    return Claim(
        notification=due.key.notification,
        endpoint=due.key.endpoint,
        address=address,
        secrets=(),
        body=due.body,
        number=due.number,
        shopper=due.shopper,
        expires_at=due.expires_at,
        schedule=Schedule.OFFER,
        ticket=ticket,
        lives_s=max(0.0, (due.expires_at - now).total_seconds()),
        unsubscribe_url=url,
        language=language,
        receiver=receiver,
    )
