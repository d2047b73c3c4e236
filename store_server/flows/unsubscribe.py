"""One click in an e-mail, and the consent to that channel is withdrawn: no login, no question.

The link's token is sealed with the installation's data key for this one use: it names shopper and
channel to this server alone, cannot be forged, and works as long as the shopper is known. Following
the link only shows a page, because mail scanners follow links; withdrawing takes a POST, which a
mail program makes by itself (RFC 8058).
"""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime

from store_server.database import UnitOfWork
from store_server.errors import NotFound
from store_server.flows.keep_contact import record_channel_consent
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.shoppers.contact import ContactChannel, allowed_now, last_words
from store_server.shoppers.key_vault import Unsealable
from store_server.shoppers.repository import ContactRepository, ShopperRepository
from store_server.shoppers.repository.merges import MergeRepository

MAX_TOKEN = 400
SOURCE, TEXT_VERSION = "one-click", "rfc8058"


@dataclass(frozen=True, slots=True)
class Leaving:
    """What a link is about, for the page that it opens."""

    channel: ContactChannel
    language: str
    agreed: bool


def unsubscribe_url(rooms: StoreRooms, shopper: ShopperId, channel: ContactChannel) -> str:
    """The link for one shopper and channel; "" where the server has no public URL."""
    public = rooms.channels.public_url.rstrip("/")
    if not public:
        return ""
    said = json.dumps([shopper, channel.value], separators=(",", ":")).encode()
    sealed = rooms.vault.seal(said, context=_context(rooms))
    return f"{public}/v1/unsubscribe/{base64.urlsafe_b64encode(sealed).decode().rstrip('=')}"


def show_leaving(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, token: str
) -> Leaving:
    """What a link is about. A read flow: following a link changes nothing.

    Raises:
        NotFound: the link is none of ours, or its shopper is not known any more.
    """
    shopper, channel = _read(rooms, token)
    current = MergeRepository(uow.session, rooms.scope).current(shopper)
    found = ShopperRepository(uow.session, rooms.scope).get(current)
    if found is None:
        raise _unknown()
    words = ContactRepository(uow.session, rooms.scope, rooms.vault).words(current)
    return Leaving(channel, found.language, channel in allowed_now(words, now))


def unsubscribe(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, token: str
) -> Leaving:
    """Withdraw the consent to the link's channel; again changes nothing.

    Raises:
        NotFound: the link is none of ours, or its shopper is not known any more.
    """
    leaving = show_leaving(uow, rooms, now=now, token=token)
    shopper, channel = _read(rooms, token)
    if not _is_refused(uow, rooms, shopper, channel):
        record_channel_consent(
            uow,
            rooms,
            now=now,
            shopper=shopper,
            channel=channel,
            granted=False,
            source=SOURCE,
            text_version=TEXT_VERSION,
        )
    return Leaving(leaving.channel, leaving.language, agreed=False)


def _is_refused(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, shopper: ShopperId, channel: ContactChannel
) -> bool:
    """Whether the last word about the channel is a no already, under every name of the person.

    Not to agree is less: who is silent, or one with somebody who said no, has not said it.
    """
    contacts = ContactRepository(uow.session, rooms.scope, rooms.vault)
    names = MergeRepository(uow.session, rooms.scope).names(shopper)
    return all(last_words(contacts.words(name)).get(channel) is False for name in names)


def _read(rooms: StoreRooms, token: str) -> tuple[ShopperId, ContactChannel]:
    if len(token) > MAX_TOKEN:
        raise _unknown()
    try:
        sealed = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
        shopper, channel = json.loads(rooms.vault.open(sealed, context=_context(rooms)))
        return ShopperId(shopper), ContactChannel(channel)
    except (binascii.Error, ValueError, Unsealable):
        raise _unknown() from None


def _context(rooms: StoreRooms) -> str:
    return f"unsubscribe/{rooms.scope.org}"


def _unknown() -> NotFound:
    return NotFound("this link is not valid, or not any more", code="unknown_link")
