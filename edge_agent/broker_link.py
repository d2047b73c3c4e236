"""One connection to the broker: one paho client, used once and thrown away.

paho would keep unacknowledged publishes and send them again after a reconnect, with the old
`sent_at_ms` and between newer ones. The spool already keeps everything, so each connection
gets a fresh client, and what has to be sent again is decided in one place (`in_flight`).

paho's thread never works: each callback puts an event into the uplink's queue.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from paho.mqtt import client as paho
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

from edge_agent.settings import MqttSettings

logger = logging.getLogger(__name__)

_CONNECT_TIMEOUT_S = 5.0


class LinkUp(NamedTuple):
    """The broker has accepted us and the subscription: acknowledgements can arrive."""

    link: "BrokerLink"


class LinkDown(NamedTuple):
    """The connection is over, or never was.

    `refused` means that trying again soon is of no use; `by_peer` that the broker was reached and
    closed the connection without a word.
    """

    link: "BrokerLink"
    reason: str
    refused: bool
    by_peer: bool


class AckArrived(NamedTuple):
    """A message on `down/ack`."""

    payload: bytes


LinkEvent = LinkUp | LinkDown | AckArrived


def mqtt_user(settings: MqttSettings) -> str:
    """The user name, from the setting or its file; empty for none.

    Raises:
        OSError: the file cannot be read.
    """
    if settings.username_file:
        return Path(settings.username_file).read_text(encoding="utf-8").strip()
    return settings.username


class BrokerLink:
    """One attempt to be connected, and the connection if it succeeds."""

    def __init__(
        self,
        settings: MqttSettings,
        *,
        client_id: str,
        ack_topic: str,
        will: tuple[str, bytes],
        tell: Callable[[LinkEvent], None],
    ) -> None:
        """Prepare a connection; `open` starts it.

        Args:
            settings: broker address, credentials and TLS.
            client_id: as the broker is to know us.
            ack_topic: the only subscription.
            will: topic and payload that the broker publishes, retained, when we vanish.
            tell: takes events on paho's thread; must not block.
        """
        self._settings = settings
        self._ack_topic = ack_topic
        self._tell = tell
        self._ended = threading.Lock()
        self._closing = False
        self._refusal = ""
        self._client = paho.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=True,
            protocol=MQTTProtocolVersion.MQTTv311,
            reconnect_on_failure=False,
        )
        self._client.connect_timeout = _CONNECT_TIMEOUT_S
        # In order and all at once: the window of unacknowledged batches is ours, not paho's.
        self._client.max_inflight_messages_set(0)
        self._client.will_set(will[0], will[1], qos=1, retain=True)
        self._client.on_socket_open = self._on_socket_open
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._client.on_disconnect = self._on_disconnect

    def open(self) -> None:
        """Connect on a thread of its own, so that a dead broker delays nobody."""
        threading.Thread(target=self._connect, name="mqtt-connect", daemon=True).start()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand one message of QoS 1 to the broker's client; False when the link is down."""
        handed = self._client.publish(topic, payload, qos=1, retain=retain)
        return handed.rc == paho.MQTT_ERR_SUCCESS

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
            self._use_credentials()
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

    def _use_credentials(self) -> None:
        settings = self._settings
        user = mqtt_user(settings)
        if user:
            password = None
            if settings.password_file:
                password = Path(settings.password_file).read_text(encoding="utf-8").strip()
            self._client.username_pw_set(user, password)
        if settings.tls:
            self._client.tls_set(
                ca_certs=settings.ca_file or None,
                certfile=settings.cert_file or None,
                keyfile=settings.key_file or None,
            )

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
        _properties: Properties | None,
    ) -> None:
        if reason_code.is_failure:
            self._refusal = f"the broker refuses the connection: {reason_code}"
            return
        client.subscribe(self._ack_topic, qos=1)

    def _on_subscribe(
        self,
        client: paho.Client,
        _userdata: object,
        _mid: int,
        reason_codes: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        if any(code.is_failure for code in reason_codes):
            self._refusal = f"the broker refuses the subscription to {self._ack_topic}"
            client.disconnect()
            return
        self._tell(LinkUp(self))

    def _on_message(
        self, _client: paho.Client, _userdata: object, message: paho.MQTTMessage
    ) -> None:
        self._tell(AckArrived(bytes(message.payload)))

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
        self._end(
            self._refusal or reason,
            refused=bool(self._refusal),
            by_peer=not silent and not self._refusal,
        )

    def _end(self, reason: str, *, refused: bool, by_peer: bool) -> None:
        # paho may tell twice; the uplink must hear it once. The lock is never let go of.
        if self._ended.acquire(blocking=False):
            self._tell(LinkDown(self, reason, refused, by_peer))
