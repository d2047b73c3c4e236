"""A connection to an MQTT broker that comes back by itself.

A supervisor thread makes a paho client for each connection and throws it away at the end, so
that nothing of a broken connection (half-sent packets, a stuck socket, waiting messages) lives
on. The session is clean: whatever a broker would keep for us, the gateways keep better.
"""

import secrets
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from paho.mqtt.client import (
    Client,
    ConnectFlags,
    DisconnectFlags,
    MQTTMessage,
    MQTTMessageInfo,
)
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.properties import Properties
from paho.mqtt.reasoncodes import ReasonCode

log = structlog.get_logger(__name__)

KEEPALIVE_S = 15
# From the TCP connection to the broker's word that it takes us.
CONNECT_WAIT_S = 10.0
LEAST_PAUSE_S = 0.2
MOST_PAUSE_S = 5.0
# Acknowledgements that wait for a slow broker; one that finds no room is made up for later.
MAX_QUEUED = 1_000


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where the broker is and who we are; `tls_ca` is the file of its authority, None = no TLS."""

    host: str
    port: int
    username: str | None = None
    password: str | None = None
    tls_ca: str | None = None

    def __repr__(self) -> str:
        return f"BrokerAddress({self.host}:{self.port})"


class BrokerConnection:
    """Keeps one subscription alive until it is stopped.

    `on_connected` runs before each subscription, and puts it off by answering False; `on_message`
    gets (topic, payload) and must not raise. Both run on paho's thread.
    """

    def __init__(
        self,
        address: BrokerAddress,
        *,
        filters: tuple[str, ...],
        on_connected: Callable[[], bool],
        on_message: Callable[[str, bytes], None],
    ) -> None:
        self._address = address
        self._filters = filters
        self._on_connected = on_connected
        self._on_message = on_message
        self._stopping = threading.Event()
        self._gone = threading.Event()
        self._client: Client | None = None
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)
        self.connects = 0

    def start(self) -> None:
        """Begin to connect and listen."""
        self._thread.start()

    def stop(self) -> None:
        """Disconnect and end."""
        self._stopping.set()
        self._gone.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def connected(self) -> bool:
        """Whether the broker has taken us, and the connection stands."""
        client = self._client
        return client is not None and client.is_connected()

    def publish(self, topic: str, payload: bytes, *, retain: bool = False) -> bool:
        """Hand a message to the broker with QoS 1; False when there is no connection or room."""
        client = self._client
        if client is None or not client.is_connected():
            return False
        return client.publish(topic, payload, qos=1, retain=retain).rc == 0

    def publish_watched(self, topic: str, payload: bytes) -> "OnItsWay | None":
        """Hand over a retained message with QoS 1, to be waited for; None when it cannot be."""
        client = self._client
        if client is None or not client.is_connected():
            return None
        sent = client.publish(topic, payload, qos=1, retain=True)
        return OnItsWay(sent) if sent.rc == 0 else None

    def _run(self) -> None:
        pause_s = LEAST_PAUSE_S
        while not self._stopping.is_set():
            connects = self.connects
            try:
                self._listen_once()
            except (OSError, ValueError) as error:
                log.warning("broker unreachable", port=self._address.port, error=str(error))
            pause_s = LEAST_PAUSE_S if self.connects > connects else min(pause_s * 2, MOST_PAUSE_S)
            self._stopping.wait(pause_s)

    def _listen_once(self) -> None:
        """One connection, from its beginning to its end."""
        self._gone.clear()
        connects = self.connects
        client = self._new_client()
        client.connect(self._address.host, self._address.port, keepalive=KEEPALIVE_S)
        self._client = client
        try:
            client.loop_start()
            ended = self._gone.wait(CONNECT_WAIT_S)
            if not ended and self.connects == connects:
                log.warning("broker does not answer", port=self._address.port)
                return
            while not self._stopping.is_set() and not self._gone.wait(1.0):
                pass
        finally:
            self._client = None
            _end(client)

    def _new_client(self) -> Client:
        client = Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"store-{secrets.token_hex(8)}",
            clean_session=True,
            reconnect_on_failure=False,
        )
        if self._address.username is not None:
            client.username_pw_set(self._address.username, self._address.password)
        if self._address.tls_ca is not None:
            client.tls_set(ca_certs=self._address.tls_ca)
        client.max_queued_messages_set(MAX_QUEUED)
        client.on_socket_open = _without_delay
        client.on_connect = self._connected
        client.on_disconnect = self._disconnected
        client.on_message = self._heard
        return client

    def _connected(
        self,
        client: Client,
        _userdata: object,
        _flags: ConnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if reason.is_failure:
            log.warning("broker refused us", reason=str(reason))
            self._gone.set()
        elif self._on_connected():
            client.subscribe([(one, 1) for one in self._filters])
            self.connects += 1
            log.info("broker connected", port=self._address.port)
        else:
            self._gone.set()

    def _disconnected(
        self,
        _client: Client,
        _userdata: object,
        _flags: DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if not self._stopping.is_set():
            log.warning("broker connection lost", reason=str(reason))
        self._gone.set()

    def _heard(self, _client: Client, _userdata: object, message: MQTTMessage) -> None:
        try:
            topic = message.topic
        except UnicodeDecodeError:
            topic = ""
        self._on_message(topic, bytes(message.payload))


class OnItsWay:
    """A message that the broker has not acknowledged yet."""

    def __init__(self, sent: MQTTMessageInfo) -> None:
        self._sent = sent

    def wait(self, timeout_s: float) -> bool:
        """Whether it has, after waiting for at most `timeout_s`."""
        try:
            self._sent.wait_for_publish(timeout_s)
        except (RuntimeError, ValueError):
            return False  # the connection was lost, or its queue is full
        return self._sent.is_published()


def _without_delay(_client: Client, _userdata: object, opened: object) -> None:
    # Else an acknowledgement waits 40 ms for that of the packet before it (Nagle's algorithm).
    if isinstance(opened, socket.socket):
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _end(client: Client) -> None:
    """Disconnect and join paho's thread, also when the broker does not answer any more."""
    client.disconnect()
    ended = threading.Thread(target=client.loop_stop, name="broker-end", daemon=True)
    ended.start()
    ended.join(2.0)
    if ended.is_alive() and (raw := client.socket()) is not None:
        raw.close()
        ended.join(2.0)
