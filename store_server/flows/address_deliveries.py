"""Where a delivery goes that is no webhook: looked up in the transaction that claims it."""

from collections.abc import Sequence

from store_server.flows.rooms import StoreRooms
from store_server.outbox.attempt import Claim, DeliveryKey
from store_server.outbox.channel_setup import STAFF
from store_server.outbox.delivery import Due
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.retry_schedule import Schedule


def address_claims(
    rooms: StoreRooms, channel: str, due: Sequence[Due], *, ticket: int
) -> dict[DeliveryKey, Claim | DeliveryReason]:
    """A claim for each delivery, or why it cannot be sent any more.

    Args:
        rooms: the store.
        channel: by which all of them go.
        due: what was just claimed.
        ticket: when, for recalls.
    """
    found: dict[DeliveryKey, Claim | DeliveryReason] = {}
    for one in due:
        address = rooms.channels.staff_address if channel == STAFF else ""
        found[one.key] = (
            _claim(one, address, ticket=ticket) if address else DeliveryReason.CHANNEL_OFF
        )
    return found


def _claim(due: Due, address: str, *, ticket: int) -> Claim:
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
    )
