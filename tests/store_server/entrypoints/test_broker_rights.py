"""What a gateway may say and hear, tried on both real brokers."""

from collections.abc import Iterator

import pytest

from tests.brokers import BrokerKind, RunningBroker, mosquitto_binary, running_broker
from tests.store_server.entrypoints.mqtt_parties import party

HERE = "beaconry/v1/acme/demo"


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def broker(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningBroker]:
    kind: BrokerKind = request.param
    if kind == "mosquitto" and mosquitto_binary() is None:
        pytest.fail("mosquitto is not installed; run `make system-packages`")
    folder = tmp_path_factory.mktemp(kind)
    with running_broker(kind, folder, gateways=["gw-1", "gw-2"]) as running:
        yield running


def test_a_gateway_is_heard_and_hears_its_ack_at_qos_1(broker: RunningBroker) -> None:
    with party(broker, "server") as server, party(broker, "gw-1") as gateway:
        assert server.listen(f"{HERE}/+/up/sightings")
        assert gateway.listen(f"{HERE}/gw-1/down/ack")

        gateway.say(f"{HERE}/gw-1/up/sightings", b"batch")
        batch = server.next()
        server.say(f"{HERE}/gw-1/down/ack", b"ack")
        ack = gateway.next()

    assert (batch.topic, batch.payload, batch.qos) == (f"{HERE}/gw-1/up/sightings", b"batch", 1)
    assert (ack.payload, ack.qos) == (b"ack", 1)


def test_a_gateway_cannot_publish_as_another(broker: RunningBroker) -> None:
    with party(broker, "server") as server, party(broker, "gw-1") as gateway:
        server.listen(f"{HERE}/+/up/sightings")

        gateway.client.publish(f"{HERE}/gw-2/up/sightings", b"forged", qos=1)
        gateway.say(f"{HERE}/gw-1/up/sightings", b"honest")

        assert server.next().payload == b"honest"
        assert server.heard.empty()


def test_a_gateway_cannot_say_what_only_the_server_says(broker: RunningBroker) -> None:
    with party(broker, "gw-2") as second, party(broker, "gw-1") as first:
        second.listen(f"{HERE}/gw-2/down/ack")
        first.client.publish(f"{HERE}/gw-2/down/ack", b"forged", qos=1)
        with party(broker, "server") as server:
            server.say(f"{HERE}/gw-2/down/ack", b"honest")

        assert second.next().payload == b"honest"
        assert second.heard.empty()


@pytest.mark.parametrize(
    "topic", [f"{HERE}/gw-2/down/ack", f"{HERE}/+/down/ack", f"{HERE}/gw-2/up/sightings", "#"]
)
def test_a_gateway_hears_nothing_of_another(broker: RunningBroker, topic: str) -> None:
    with party(broker, "gw-1") as spy, party(broker, "gw-2") as gateway:
        spy.listen(topic)
        spy.listen(f"{HERE}/gw-1/down/ack")

        gateway.say(f"{HERE}/gw-2/up/sightings", b"secret")
        with party(broker, "server") as server:
            server.say(f"{HERE}/gw-2/down/ack", b"secret")
            server.say(f"{HERE}/gw-1/down/ack", b"mine")

        assert spy.next().payload == b"mine"
        assert spy.heard.empty()


def test_a_retained_state_waits_for_who_comes_later(broker: RunningBroker) -> None:
    with party(broker, "gw-1") as gateway:
        gateway.say(f"{HERE}/gw-1/up/state", b"online", retain=True)

        with party(broker, "server") as server:
            server.listen(f"{HERE}/gw-1/up/state")
            state = server.next()

    assert (state.payload, state.retained) == (b"online", True)


def test_the_last_will_of_a_gateway_that_vanishes_is_spoken(broker: RunningBroker) -> None:
    topic = f"{HERE}/gw-2/up/state"
    with party(broker, "server") as server, party(broker, "gw-2", will=(topic, b"gone")) as lost:
        server.listen(topic)
        lost.say(topic, b"here", retain=True)
        assert server.next().payload == b"here"

        lost.vanish()

        assert server.next().payload == b"gone"


def test_a_stolen_client_id_gives_nothing_of_its_owners(broker: RunningBroker) -> None:
    victim_id = broker.client_id("gw-2")
    with party(broker, "gw-1", client_id=victim_id) as thief:
        thief.listen(f"{HERE}/gw-1/down/ack")
        with party(broker, "server") as server:
            server.say(f"{HERE}/gw-2/down/ack", b"not yours")
            server.say(f"{HERE}/gw-1/down/ack", b"yours")

        assert thief.next().payload == b"yours"
        assert thief.heard.empty()
