"""A shopper says yes or no to one purpose; the word is written down and counts from now on.

What a no ends, ends in the transaction that writes it down.
"""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.end_purpose import end_purpose
from store_server.flows.given_word import GivenWord, current_of, names_to_say, tell_word
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.profile import Standing
from store_server.shoppers.repository import (
    AttributeRepository,
    ConsentRepository,
    ProfilePartRepository,
    ShopperEventRepository,
)


def record_consent(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    purpose: Purpose,
    granted: bool,
    source: str,
    text_version: str,
    at: datetime | None = None,
) -> ConsentEntry:
    """The word as it stands in the ledger.

    A withdrawal that was given before the last grant, by the clock of a phone that is behind, is
    written down as of that grant: a no is never overtaken by an earlier yes. A no to `location`
    ends the shopper's visit, and what was heard but not taken yet is dropped; a no to `offers`
    suppresses what waits to be sent, in every store of the organisation, and cuts short what is
    being sent; a no to `profile` takes attributes and what was worked out of purchases away. A wait
    in a campaign's step that needs the purpose is over. The retailer's backend is told of each word
    (`consent.changed`).

    Args:
        uow: the transaction.
        rooms: the store.
        now: the instant of the rules.
        shopper: who said it.
        purpose: to what.
        granted: yes or no.
        source: where it was taken, like "app-onboarding".
        text_version: which text was shown.
        at: when it was said; now when None.

    Raises:
        NotFound: the shopper is not known.
        Unprocessable: it was said in the future, or source or version are empty or too long.
    """
    given = GivenWord(granted, source, text_version, at)
    given.check(now)
    current = current_of(uow, rooms, shopper)
    entry = _write(uow, rooms, current, given, purpose=purpose, now=now)
    if not granted:
        end_purpose(uow, rooms, now=now, shopper=current, purpose=purpose)
        _forget(uow, rooms, now=now, shopper=current, purpose=purpose)
    tell_word(
        uow,
        rooms,
        shopper=current,
        purpose=purpose,
        granted=granted,
        source=source,
        at=entry.at,
    )
    return entry


def _write(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    current: ShopperId,
    given: GivenWord,
    *,
    purpose: Purpose,
    now: datetime,
) -> ConsentEntry:
    """The word under the name of today; a no is written under all of them."""
    ledger = ConsentRepository(uow.session, rooms.scope)
    for name in names_to_say(uow, rooms, current, granted=given.granted):
        yeses = [one.at for one in ledger.entries(name) if one.purpose is purpose and one.granted]
        entry = ConsentEntry(
            name,
            purpose,
            given.granted,
            given.said_at(now, yeses),
            given.source,
            given.text_version,
        )
        ledger.add(entry, recorded_at=now)
    return entry


def _forget(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    purpose: Purpose,
) -> None:
    """Take away what was told for the purpose, or worked out for it."""
    if purpose is Purpose.PROFILE:
        AttributeRepository(uow.session, rooms.scope).forget(shopper)
        parts = ProfilePartRepository(uow.session, rooms.scope)
        parts.set_standings({shopper: Standing()}, at=now)
    ShopperEventRepository(uow.session, rooms.scope).forget(shopper, purpose=purpose)
