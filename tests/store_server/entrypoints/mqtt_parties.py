"""An MQTT client for tests that waits for what it expects instead of sleeping."""

import contextlib
import queue
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from tests.brokers import RunningBroker

WAIT_S = 10.0


@dataclass(frozen=True, slots=True)
class Heard:
    topic: str
    payload: bytes
    qos: int
    retained: bool


class Party:
    """One connected user of a broker."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.heard: queue.Queue[Heard] = queue.Queue()
        self.refused: list[bool] = []
        self._granted = threading.Event()
        client.on_message = self._take
        client.on_subscribe = self._take_answer

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish at QoS 1 and wait for the broker's acknowledgement."""
        self.client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WAIT_S)

    def listen(self, topic: str) -> bool:
        """Subscribe at QoS 1; whether the broker granted it."""
        self._granted.clear()
        self.client.subscribe(topic, qos=1)
        assert self._granted.wait(WAIT_S), "no answer to a subscription"
        return not self.refused[-1]

    def next(self) -> Heard:
        """What is heard next; fails when nothing comes."""
        return self.heard.get(timeout=WAIT_S)

    def vanish(self) -> None:
        """Be gone without a word."""
        connection = self.client.socket()
        assert connection is not None
        self.client.loop_stop()
        connection.close()

    def _take(self, _client: Client, _data: object, message: MQTTMessage) -> None:
        self.heard.put(Heard(message.topic, bytes(message.payload), message.qos, message.retain))

    def _take_answer(self, _client, _data, _mid, codes, _properties) -> None:  # type: ignore[no-untyped-def] # paho's
        self.refused.append(any(code.is_failure for code in codes))
        self._granted.set()


@contextlib.contextmanager
def party(
    broker: RunningBroker,
    name: str,
    *,
    will: tuple[str, bytes] | None = None,
    client_id: str | None = None,
) -> Iterator[Party]:
    """The user `name`, connected; with a retained last will when one is given."""
    connected = threading.Event()
    client = Client(CallbackAPIVersion.VERSION2, client_id or broker.client_id(name))
    client.username_pw_set(broker.users[name].user, broker.users[name].password)
    client.on_connect = lambda *_: connected.set()
    if will:
        client.will_set(will[0], will[1], qos=1, retain=True)
    client.connect(broker.host, broker.port)
    one = Party(client)
    client.loop_start()
    assert connected.wait(WAIT_S), "no connection"
    try:
        yield one
    finally:
        client.disconnect()
        client.loop_stop()
