"""Nobody is reached at a contact any more: a hard bounce, or a subscription that is over.

Called within the transaction that settles the try that found it out. An e-mail address or number is
marked and waits to be told anew; a browser's subscription is of no use to anybody and is deleted.
"""

from datetime import datetime

from store_server.database import UnitOfWork
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.flows.stop_sending import suppress_waiting
from store_server.ids import ShopperId
from store_server.outbox.attempt import Claim
from store_server.outbox.reason import DeliveryReason
from store_server.shoppers.contact import ContactChannel
from store_server.shoppers.repository import ContactRepository
from store_server.shoppers.repository.merges import MergeRepository


def give_up_contact(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, claim: Claim
) -> bool:
    """Write to this contact no more; False when it was changed or taken away meanwhile."""
    channel = ContactChannel(claim.endpoint)
    contacts = ContactRepository(uow.session, rooms.scope, rooms.vault)
    is_ours = False
    for name in sorted(MergeRepository(uow.session, rooms.scope).names(claim.shopper)):
        known = contacts.addresses({name: ShopperId(name)}, channel)
        if known.get(ShopperId(name)) != claim.address:
            continue
        is_ours = True
        if channel is ContactChannel.WEB:
            contacts.remove(name, channel)
        else:
            contacts.mark_bounced(name, channel, at=now)
    if is_ours:
        suppress_waiting(
            uow, rooms, claim.shopper, reason=DeliveryReason.CONTACT_UNUSABLE, way=channel
        )
    return is_ours
