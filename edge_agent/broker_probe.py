"""One short visit to the broker, as this gateway: is it let in, and does the server answer?

The visit has a spool id of its own and one empty batch, so it claims nothing and disturbs no
batch of the agent; the server's acknowledgement proves the whole way to its database and back.
"""

import queue
import secrets
import time
from dataclasses import dataclass

from edge_agent.broker_link import AckArrived, BrokerLink, LinkDown, LinkEvent, LinkUp
from edge_agent.broker_login import mqtt_user
from edge_agent.link_history import Protocol
from edge_agent.settings import EdgeSettings
from edge_agent.uplink_address import UplinkAddress, client_id_of
from proximity_wire.errors import MessageError
from proximity_wire.messages import Ack, SightingBatch, decode, encode


@dataclass(frozen=True, slots=True)
class Visit:
    """What came of it; `refusal` is empty when the broker let us in, `mqtt` is what was spoken."""

    refusal: str = ""
    mqtt: str = ""
    acknowledged: bool = False


def visit_broker(settings: EdgeSettings, *, sent_at_ms: int, timeout_s: float) -> Visit:
    """Connect with the gateway's credentials, send an empty batch, wait for its acknowledgement.

    Raises:
        OSError: the file with the user name cannot be read.
    """
    protocols: list[Protocol] = ["5", "3.1.1"]
    if settings.mqtt.protocol != "auto":
        protocols = [settings.mqtt.protocol]
    visit = Visit("nothing was tried")
    for protocol in protocols:
        visit, other = _visit(settings, protocol, sent_at_ms=sent_at_ms, timeout_s=timeout_s)
        if not other:
            break
    return visit


def _visit(
    settings: EdgeSettings, protocol: Protocol, *, sent_at_ms: int, timeout_s: float
) -> tuple[Visit, bool]:
    """The visit by one version of MQTT, and whether the other one should be tried."""
    events: queue.SimpleQueue[LinkEvent] = queue.SimpleQueue()
    address = UplinkAddress(settings.gateway, secrets.token_hex(16))
    spool_id = secrets.token_hex(16)
    link = BrokerLink(
        settings.mqtt,
        protocol=protocol,
        client_id=client_id_of(
            settings.gateway,
            settings.mqtt,
            user=mqtt_user(settings.mqtt),
            client_suffix=secrets.token_hex(16),
        ),
        ack_topic=address.ack_topic,
        config_topic=address.config_topic,
        will=None,
        tell=events.put,
    )
    link.open()
    until_s = time.monotonic() + timeout_s
    came_in = False
    try:
        while (left_s := until_s - time.monotonic()) > 0:
            event = events.get(timeout=left_s)
            if isinstance(event, LinkDown):
                return Visit(event.reason), event.other_protocol
            if isinstance(event, LinkUp):
                came_in = True
                batch = _empty_batch(settings, address, spool_id=spool_id, sent_at_ms=sent_at_ms)
                link.publish(address.sightings_topic, batch)
            if isinstance(event, AckArrived) and _is_for(event.payload, spool_id):
                return Visit(mqtt=protocol, acknowledged=True), False
    except queue.Empty:
        pass
    finally:
        link.close()
    if came_in:
        return Visit(mqtt=protocol), False
    return Visit("the broker does not answer"), False


def _empty_batch(
    settings: EdgeSettings, address: UplinkAddress, *, spool_id: str, sent_at_ms: int
) -> bytes:
    gateway = settings.gateway
    return encode(
        SightingBatch(
            org=gateway.org,
            store=gateway.store,
            gateway=gateway.gateway,
            spool_id=spool_id,
            seq=1,
            boot_id=address.boot_id,
            sent_at_ms=sent_at_ms,
            clock="free",
            probe=True,
        )
    )


def _is_for(payload: bytes, spool_id: str) -> bool:
    try:
        return decode(payload, Ack).spool_id == spool_id
    except MessageError:
        return False
