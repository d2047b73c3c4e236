"""A screen in the shop at a real broker, and a wire to it that can be made to keep silent."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

from proximity_wire.messages import ScreenMessage, decode
from store_server.entrypoints.broker_connection import BrokerAddress, BrokerConnection, OnItsWay
from tests.brokers import RunningBroker
from tests.store_server.entrypoints.mqtt_parties import WAIT_S, Party, party

TOPIC = "beaconry/v1/acme/demo/screens/bakery-1"


class Wire:
    """Passes bytes on to the broker, and back until it is hushed."""

    def __init__(self, listener: socket.socket, *, host: str, port: int) -> None:
        self._listener = listener
        self._broker = (host, port)
        self.heard: Callable[[], object] | None = None

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    def serve(self) -> None:
        """Carry connections until the listener is closed."""
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._broker)
                for one, other, up in ((near, far, True), (far, near, False)):
                    threading.Thread(target=self._carry, args=(one, other, up), daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket, up: bool) -> None:
        with suppress(OSError):
            while carried := one.recv(65_536):
                if self.heard is None:
                    other.sendall(carried)
                elif up:
                    self.heard()
        with suppress(OSError):
            other.shutdown(socket.SHUT_WR)


@contextmanager
def a_wire(broker: RunningBroker) -> Iterator[Wire]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        wire = Wire(listener, host=broker.host, port=broker.port)
        threading.Thread(target=wire.serve, daemon=True).start()
        yield wire
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


class ScreenStand:
    """The store server's connection on one side, a screen on the other."""

    def __init__(self, connection: BrokerConnection, screen: Party, wire: Wire) -> None:
        self._connection = connection
        self._away = BrokerConnection(
            BrokerAddress("127.0.0.1", 1),
            filters=(),
            on_connected=lambda: True,
            on_message=lambda _topic, _payload: None,
        )
        self._screen = screen
        self.wire = wire
        self.is_away = False
        self.published = 0
        self._shown: list[ScreenMessage] = []

    def publish(self, topic: str, payload: bytes) -> OnItsWay | None:
        """By the connection that stands, or once by one that has no broker."""
        connection, self.is_away = self._away if self.is_away else self._connection, False
        sent = connection.publish_watched(topic, payload)
        self.published += sent is not None
        return sent

    def shown(self) -> list[ScreenMessage]:
        """What the screen heard of all that was published."""
        while len(self._shown) < self.published:
            self._shown.append(decode(self._screen.next().payload, ScreenMessage))
        return self._shown


@contextmanager
def a_screen_stand(broker: RunningBroker) -> Iterator[ScreenStand]:
    """Needs a broker with the account "screen.bakery-1"."""
    connected = threading.Event()

    def on_connected() -> bool:
        connected.set()
        return True

    with ExitStack() as stack:
        wire = stack.enter_context(a_wire(broker))
        server = broker.users["server"]
        connection = BrokerConnection(
            BrokerAddress("127.0.0.1", wire.port, server.user, server.password),
            filters=("beaconry/v1/acme/demo/+/up/state",),
            on_connected=on_connected,
            on_message=lambda _topic, _payload: None,
        )
        connection.start()
        stack.callback(connection.stop)
        screen = stack.enter_context(party(broker, "screen.bakery-1", client_id="screen-bakery-1"))
        assert screen.listen(TOPIC)
        assert connected.wait(WAIT_S), "no connection"
        yield ScreenStand(connection, screen, wire)
