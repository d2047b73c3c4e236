"""One connection to the broker: one paho client, used once and thrown away.

paho would keep unacknowledged publishes and send them again after a reconnect, with the old
`sent_at_ms` and between newer ones. The spool already keeps everything, so each connection
gets a fresh client, and what has to be sent again is decided in one place (`in_flight`).

paho's thread never works: each callback puts an event into the uplink's queue.

MQTT 5 says what 3.1.1 keeps to itself: why a publish was refused, how large a packet may be, how
many may be unanswered. A broker that does not speak it answers with reason code 132 (nats-server)
or hangs up; the uplink then tries 3.1.1.
"""

import socket
import ssl
import threading
from collections.abc import Callable
from typing import NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.broker_login import use_credentials
from edge_agent.link_history import Protocol
from edge_agent.settings import MqttSettings

_CONNECT_TIMEOUT_S = 5.0
# MQTT 5, section 3.2.2.2: the broker does not speak this version.
_UNSUPPORTED_VERSION = 132
_VERSIONS = {"5": MQTTProtocolVersion.MQTTv5, "3.1.1": MQTTProtocolVersion.MQTTv311}


class LinkUp(NamedTuple):
    """The broker has accepted us and the subscription: acknowledgements can arrive.

    `most_packet_bytes` and `most_unanswered` are what the broker takes; None when it sets no limit.
    """

    link: "BrokerLink"
    most_packet_bytes: int | None = None
    most_unanswered: int | None = None


class LinkDown(NamedTuple):
    """The connection is over, or never was.

    `refused` means that trying again soon is of no use; `by_peer` that the broker was reached and
    closed the connection without a word; `other_protocol` that it may speak the other version.
    """

    link: "BrokerLink"
    reason: str
    refused: bool
    by_peer: bool
    other_protocol: bool = False


class AckArrived(NamedTuple):
    """A message on `down/ack`."""

    payload: bytes


class ConfigArrived(NamedTuple):
    """A message on `down/config`; retained, so that it comes with each subscription."""

    payload: bytes


class PublishAnswered(NamedTuple):
    """The broker's answer to publish `mid`; `refusal` is empty when it took the message."""

    link: "BrokerLink"
    mid: int
    refusal: str


LinkEvent = LinkUp | LinkDown | AckArrived | ConfigArrived | PublishAnswered


class BrokerLink:
    """One attempt to be connected, and the connection if it succeeds."""

    def __init__(
        self,
        settings: MqttSettings,
        *,
        protocol: Protocol,
        client_id: str,
        ack_topic: str,
        config_topic: str,
        will: tuple[str, bytes] | None,
        tell: Callable[[LinkEvent], None],
    ) -> None:
        """Prepare a connection; `open` starts it.

        Args:
            settings: broker address, credentials and TLS.
            protocol: which MQTT is spoken.
            client_id: as the broker is to know us.
            ack_topic: where the server acknowledges; subscribed to.
            config_topic: where the server configures; subscribed to.
            will: topic and payload that the broker publishes, retained, when we vanish, or None.
            tell: takes events on paho's thread; must not block.
        """
        self._settings = settings
        self._ack_topic = ack_topic
        self._config_topic = config_topic
        self._tell = tell
        self._ended = threading.Lock()
        self._closing = False
        self._refusal = ""
        self._welcomed = False
        self._other_protocol = False
        self._limits: tuple[int | None, int | None] = (None, None)
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            # MQTT 5 has no such flag: there each new client begins a clean session by itself.
            clean_session=True if protocol == "3.1.1" else None,
            protocol=_VERSIONS[protocol],
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = _CONNECT_TIMEOUT_S
        # In order and all at once: the window of unacknowledged batches is ours, not paho's.
        self._client.max_inflight_messages_set(0)
        if will is not None:
            self._client.will_set(will[0], will[1], qos=1, retain=True)
        self._client.on_socket_open = self._on_socket_open
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_publish = self._on_publish
        self._client.on_disconnect = self._on_disconnect

    def open(self) -> None:
        """Connect on a thread of its own, so that a dead broker delays nobody."""
        threading.Thread(target=self._connect, name="mqtt-connect", daemon=True).start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> int | None:
        """Hand one message of QoS 1 to the broker's client: its packet id, None without a link."""
        handed = self._client.publish(topic, payload, qos=1, retain=retain)
        return handed.mid if handed.rc == paho.MQTT_ERR_SUCCESS else None

    def publish_and_wait(
        self, topic: str, payload: bytes, *, retain: bool, timeout_s: float
    ) -> bool:
        """Publish, and wait until the broker has taken it; False when it has not."""
        handed = self._client.publish(topic, payload, qos=1, retain=retain)
        try:
            handed.wait_for_publish(timeout_s)
        except (RuntimeError, ValueError):
            return False
        return handed.is_published()

    def close(self) -> None:
        """Leave in good order: the broker does not publish the last will."""
        self._closing = True
        self._client.disconnect()
        self._client.loop_stop()

    def _connect(self) -> None:
        try:
            use_credentials(self._client, self._settings)
            self._client.connect(
                self._settings.host, self._settings.port, keepalive=self._settings.keepalive_s
            )
        except ssl.SSLError as error:
            self._end(f"TLS failed: {error}", refused=True, by_peer=False)
        except (OSError, ValueError) as error:
            # A credential file that cannot be read names itself in the error.
            filed = isinstance(error, OSError) and error.filename is not None
            self._end(str(error), refused=filed, by_peer=False)
        else:
            if not self._closing:
                self._client.loop_start()

    def _on_socket_open(self, _client: paho.Client, _data: object, opened: object) -> None:
        # Else a first sighting waits 40 ms for the acknowledgement of the packet before it.
        if isinstance(opened, socket.socket):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _on_connect(
        self,
        client: paho.Client,
        _userdata: object,
        _flags: paho.ConnectFlags,
        reason_code: ReasonCode,
        properties: Properties | None,
    ) -> None:
        self._welcomed = True
        if reason_code.is_failure:
            self._other_protocol = reason_code.value == _UNSUPPORTED_VERSION
            self._refusal = f"the broker refuses the connection: {reason_code}"
            return
        self._limits = (
            getattr(properties, "MaximumPacketSize", None),
            getattr(properties, "ReceiveMaximum", None),
        )
        client.subscribe([(self._ack_topic, 1), (self._config_topic, 1)])

    def _on_subscribe(
        self,
        client: paho.Client,
        _userdata: object,
        _mid: int,
        reason_codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        # Without remote configuration a gateway still works; without acknowledgements it does not.
        if reason_codes[0].is_failure:
            self._refusal = f"the broker refuses the subscription to {self._ack_topic}"
            client.disconnect()
            return
        self._tell(LinkUp(self, *self._limits))

    def _on_message(
        self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage
    ) -> None:
        arrived = ConfigArrived if message.topic == self._config_topic else AckArrived
        self._tell(arrived(bytes(message.payload)))

    def _on_publish(
        self,
        _client: paho.Client,
        _userdata: object,
        mid: int,
        reason_code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._tell(PublishAnswered(self, mid, str(reason_code) if reason_code.is_failure else ""))

    def _on_disconnect(
        self,
        _client: paho.Client,
        _userdata: object,
        _flags: paho.DisconnectFlags,
        reason_code: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        silent = "keep alive" in str(reason_code).lower()
        reason = "the broker is silent" if silent else "the broker closed the connection"
        if not silent and reason_code.is_failure and reason_code.getName() != "Unspecified error":
            reason = f"the broker closed the connection: {reason_code}"
        self._end(
            self._refusal or reason,
            refused=bool(self._refusal),
            by_peer=not silent and not self._refusal,
        )

    def _end(self, reason: str, *, refused: bool, by_peer: bool) -> None:
        # Some brokers of 3.1.1 hang up on MQTT 5 without a word.
        other = self._other_protocol or (by_peer and not self._welcomed)
        # paho may tell twice; the uplink must hear it once. The lock is never let go of.
        if self._ended.acquire(blocking=False):
            self._tell(LinkDown(self, reason, refused, by_peer, other))
