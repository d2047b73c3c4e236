"""The words of two shoppers who become one, or two again: read, and written into the ledgers.

The ledger under the name of today says what the person agrees to: a merge writes down there what
both had said comes to, with itself as the source. So everything that asks for consent asks under
one name.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.end_purpose import end_purpose
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.stop_sending import stop_sending
from store_server.ids import ShopperId
from store_server.outbox.reason import DeliveryReason
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.consent import last_words as last_by_purpose
from store_server.shoppers.contact import ChannelWord, ContactChannel
from store_server.shoppers.contact import last_words as last_by_channel
from store_server.shoppers.merge import Facts, still_no
from store_server.shoppers.repository import ConsentRepository, ContactRepository

TEXT_VERSION = "merge"


def with_words(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId, facts: Facts
) -> Facts:
    """These facts with the last words under this name."""
    entries, words = _said(uow, rooms, shopper)
    return replace(facts, words=last_by_purpose(entries), channel_words=last_by_channel(words))


def with_own_noes(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shopper: ShopperId,
    facts: Facts,
    *,
    merge_source: str,
) -> Facts:
    """These facts of one who was split off, with every no that was said under this name."""
    entries, words = _said(uow, rooms, shopper)
    return still_no(
        facts,
        words=last_by_purpose(one for one in entries if one.source != merge_source),
        channel_words=last_by_channel(one for one in words if one.source != merge_source),
    )


def say_words(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shopper: ShopperId,
    *,
    after: Facts,
    now: datetime,
    source: str,
) -> None:
    """Write into the ledgers what differs; who said nothing before has not agreed."""
    entries, words = _said(uow, rooms, shopper)
    purposes, channels = last_by_purpose(entries), last_by_channel(words)
    consents = ConsentRepository(uow.session, rooms.scope)
    for purpose in Purpose:
        was, will = purposes.get(purpose), after.words.get(purpose)
        if _differs(was, will):
            at = max([now, *(one.at for one in entries if one.purpose is purpose)])
            entry = ConsentEntry(shopper, purpose, bool(will), at, source, TEXT_VERSION)
            consents.add(entry, recorded_at=now)
    contacts = ContactRepository(uow.session, rooms.scope, rooms.vault)
    for channel in ContactChannel:
        was, will = channels.get(channel), after.channel_words.get(channel)
        if _differs(was, will):
            at = max([now, *(one.at for one in words if one.channel is channel)])
            word = ChannelWord(shopper, channel, bool(will), at, source, TEXT_VERSION)
            contacts.say(word, recorded_at=now)


def end_what_was_agreed(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    shopper: ShopperId,
    *,
    before: Iterable[Facts],
    after: Facts,
    now: datetime,
) -> None:
    """End what anybody of `before` had agreed to and the person of `after` does not."""
    known = list(before)
    for purpose in Purpose:
        if any(one.words.get(purpose) for one in known) and not after.words.get(purpose):
            end_purpose(uow, rooms, now=now, shopper=shopper, purpose=purpose)
    for channel in ContactChannel:
        if any(one.channel_words.get(channel) for one in known) and not after.channel_words.get(
            channel
        ):
            reason = DeliveryReason.CHANNEL_REFUSED
            stop_sending(uow, rooms, shopper, reason=reason, way=channel)


def _differs(was: bool | None, will: bool | None) -> bool:
    return was is not will and not (was is False and will is None)


def _said(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId
) -> tuple[tuple[ConsentEntry, ...], list[ChannelWord]]:
    entries = ConsentRepository(uow.session, rooms.scope).entries(shopper)
    words = ContactRepository(uow.session, rooms.scope, rooms.vault).words(shopper)
    return entries, words
