"""How a shopper is reached and what they said of it, for their download: in full, it is theirs."""

from collections.abc import Iterable

from sqlmodel import Session

from store_server.clock import to_ms
from store_server.flows.rooms import StoreRooms
from store_server.outbox.notification import rfc3339
from store_server.shoppers.repository import ContactRepository

Json = dict[str, object]


def told_contacts(session: Session, rooms: StoreRooms, names: Iterable[str]) -> Json:
    """Contacts with their addresses, and every word about channels, under each of these names."""
    contacts = ContactRepository(session, rooms.scope, rooms.vault)
    names = list(names)
    return {
        "contacts": [
            {
                "channel": contact.channel.value,
                "address": address,
                "state": contact.state.value,
                "changed_at": rfc3339(contact.changed_at),
            }
            for name in names
            for contact, address in contacts.opened(name)
        ],
        "channel_consents": [
            {
                "channel": word.channel.value,
                "granted": word.granted,
                "at": rfc3339(word.at),
                "source": word.source,
                "text_version": word.text_version,
            }
            for name in names
            for word in sorted(contacts.words(name), key=lambda one: to_ms(one.at))
        ],
    }
