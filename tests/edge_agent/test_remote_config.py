"""A configuration from the server, tried by a real agent against both brokers."""

from pathlib import Path

from proximity_wire.messages import GatewayConfig, encode
from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.builders import NOON_MS
from tests.edge_agent.conftest import StartAgent, StartServer

EID = "f" * 16


def push(shop: StandInServer, version: int, **settings: object) -> None:
    document = {"org": "acme", "store": "s1", "gateway": "gw-1", "version": version, **settings}
    shop.say("down/config", encode(GatewayConfig(**document)), retain=True)  # type: ignore[arg-type]  # a test's document


def standing(shop: StandInServer) -> tuple[bool, int, bool, int]:
    if not shop.states:
        return (False, 0, False, 0)
    state = shop.states[-1]
    return (state.online, state.config_version, state.confirmed, state.refused_version)


def test_a_configuration_is_tried_confirmed_and_loses_nothing(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    gateway.hear(NOON_MS + 1, EID)
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: shop.seqs == [1, 2], "the first batches arrive")

    push(shop, 1, window_s=0.5, log_level="debug")
    wait_until(lambda: standing(shop) == (True, 1, False, 0), "the state says: on trial")
    gateway.connect()
    gateway.hear(NOON_MS + 1_001, EID)
    wait_until(lambda: standing(shop) == (True, 1, True, 0), "the state says: confirmed")

    assert shop.seqs[-1] == 3
    assert len({batch.boot_id for batch in shop.batches}) == 2
    assert len({batch.spool_id for batch in shop.batches}) == 1


def test_a_configuration_that_leaves_the_gateway_deaf_is_rolled_back(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port, extra="[remote]\nconfirm_s = 1\n")
    gateway.hear(NOON_MS + 1, EID)
    wait_until(lambda: shop.seqs == [1], "the first batch arrives")

    push(shop, 7, window_s=60.0)
    wait_until(lambda: standing(shop) == (True, 0, True, 7), "the state says: refused")

    assert "configuration rolled back" in gateway.log


def test_a_configuration_with_which_the_broker_is_not_reached_is_rolled_back(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port, extra="[remote]\nconfirm_s = 1\n")
    wait_until(lambda: bool(shop.states), "the agent is there")

    push(shop, 7, window_s=2.0)
    wait_until(lambda: "on trial: version=7" in gateway.log, "it is tried")
    broker.kill()
    wait_until(lambda: "rolled back" in gateway.log or "kept: version" in gateway.log, "it ends")
    broker.start()
    gateway.connect()
    gateway.tick(NOON_MS)

    wait_until(lambda: 1 in shop.seqs, "batches arrive")


def test_a_confirmed_configuration_outlives_the_process(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    push(shop, 2, health_interval_s=1.0)
    wait_until(lambda: standing(shop) == (True, 2, True, 0), "the state says: confirmed")

    gateway.terminate()
    gateway.start()
    gateway.tick(NOON_MS)

    wait_until(lambda: any(one.restarts == 1 for one in shop.healths), "health tells of the start")
    assert standing(shop) == (True, 2, True, 0)
    assert Path(gateway.config.parent / "edge.spool.record").exists()


def test_garbage_on_the_configuration_topic_is_counted(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop = server(broker.port)
    gateway = agent(broker.port, extra="[health]\ninterval_s = 0.2\n")
    wait_until(lambda: bool(shop.states), "the agent is there")

    for payload in (b"{", b"[" * 5_000, b"\xff"):
        shop.say("down/config", payload)
    gateway.tick(NOON_MS)

    wait_until(
        lambda: any(one.dropped.get("config_malformed") == 3 for one in shop.healths), "health"
    )
    assert standing(shop) == (True, 0, True, 0)
