"""`edge-agent run` as a process, against both brokers: what is heard arrives, whatever happens."""

import json
from functools import partial
from pathlib import Path

from edge_agent.spool import Spool
from proximity_wire.messages import LostRange, SightingBatch
from tests.edge_agent.brokers import Broker, StandInServer, wait_until
from tests.edge_agent.builders import NOON_MS
from tests.edge_agent.conftest import StartAgent, StartServer

EIDS = [f"{number:016x}" for number in range(1, 9)]


def test_a_first_sighting_goes_out_before_its_tick(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)

    gateway.hear(NOON_MS + 250, *EIDS[:2])
    wait_until(lambda: len(shop.batches) == 1, "the first sightings arrive")

    (batch,) = shop.batches
    assert [row.identity for row in batch.rows] == EIDS[:2]
    assert (batch.sent_at_ms, batch.clock) == (NOON_MS, "event")


def test_a_tick_flushes_and_is_told_even_when_nothing_was_heard(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)

    gateway.hear(NOON_MS + 100, EIDS[0])
    gateway.hear(NOON_MS + 200, EIDS[0])
    gateway.tick(NOON_MS + 1_000)
    gateway.tick(NOON_MS + 2_000)
    wait_until(lambda: len(shop.batches) == 3, "first sighting and two ticks arrive")

    stamps = [(len(batch.rows), batch.sent_at_ms - NOON_MS) for batch in shop.batches]
    assert stamps == [(1, 0), (1, 1_000), (0, 2_000)]


def test_sigterm_keeps_open_windows_says_goodbye_and_ends_well(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    gateway.tick(NOON_MS)
    gateway.hear(NOON_MS + 100, EIDS[0])
    gateway.hear(NOON_MS + 200, EIDS[0])
    wait_until(lambda: len(shop.batches) == 2, "tick and first sighting arrive")

    assert gateway.terminate() == 0

    wait_until(lambda: not shop.states[-1].online, "the state says offline")
    assert shop.states[0].online
    assert shop.seqs == [1, 2, 3]


def test_health_is_told(broker: Broker, server: StartServer, agent: StartAgent) -> None:
    broker.start()
    shop = server(broker.port)
    gateway = agent(broker.port, extra="[health]\ninterval_s = 0.2\n")

    gateway.hear(NOON_MS, EIDS[0], "f" * 16)
    gateway.send_raw(b"\x00garbage")
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: any(health.acked_batches == 2 for health in shop.healths), "health")

    health = shop.healths[-1]
    assert (health.adverts, health.frames, health.emitted_batches) == (2, {"eid": 2}, 2)
    assert health.dropped == {"feed_garbage": 1}
    assert (health.clock, health.connects, health.takeovers) == ("event", 1, 0)


def test_a_broker_that_comes_late_gets_everything_in_order(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    gateway = agent(broker.port)
    for second in range(10):
        gateway.hear(NOON_MS + second * 1_000, EIDS[0])
        gateway.tick(NOON_MS + second * 1_000 + 1_000)
    broker.start()
    shop = server(broker.port)

    gateway.tick(NOON_MS + 11_000)
    wait_until(lambda: shop.seqs[-1:] == [12], "the last batch arrives")

    assert shop.seqs == list(range(shop.seqs[0], 13))
    wait_until(lambda: set(shop.seqs) == set(range(1, 13)), "all batches arrive")


def test_nothing_is_lost_when_the_agent_is_killed(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop = server(broker.port)
    shop.acks = False
    gateway = agent(broker.port)
    for number in range(5):
        gateway.tick(NOON_MS + number * 1_000)
    wait_until(lambda: len(shop.seqs) == 5, "five batches arrive, unacknowledged")

    gateway.kill()
    wait_until(lambda: not shop.states[-1].online, "the last will says offline")
    shop.acks = True
    gateway.start()
    gateway.tick(NOON_MS + 5_000)
    wait_until(lambda: 6 in shop.seqs, "the sixth batch arrives")

    assert sorted(shop.seqs) == [1, 2, 3, 4, 5, 6]
    assert len({batch.spool_id for batch in shop.batches}) == 1
    assert len({batch.boot_id for batch in shop.batches if batch.seq == 6}) == 1


def test_nothing_is_lost_when_the_broker_is_killed(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    gateway.tick(NOON_MS)
    wait_until(lambda: shop.seqs == [1], "the first batch arrives")

    broker.kill()
    gateway.tick(NOON_MS + 1_000)
    gateway.hear(NOON_MS + 1_100, EIDS[1])
    broker.start()
    gateway.tick(NOON_MS + 2_000)
    wait_until(lambda: set(shop.seqs) == {1, 2, 3, 4}, "all batches arrive")

    assert EIDS[1] in shop.identities


def test_a_server_that_was_away_gets_what_it_missed(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    gateway = agent(broker.port)
    for number in range(3):
        gateway.tick(NOON_MS + number * 1_000)

    shop = server(broker.port)
    wait_until(lambda: set(shop.seqs) == {1, 2, 3}, "unacknowledged batches are sent again")
    wait_until(lambda: gateway.terminate() == 0, "the agent ends")

    with Spool(Path(gateway._config.parent / "edge.spool"), max_bytes=10**6) as spool:
        assert (len(spool), spool.last_seq) == (0, 3)


def test_garbage_on_the_acknowledgement_topic_changes_nothing(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    wait_until(lambda: bool(shop.states), "the agent is there")

    for payload in (b"", b"\xff\xfe", json.dumps({"v": 1}).encode(), b"[" * 50_000):
        shop._client.publish("beaconry/v1/acme/s1/gw-1/down/ack", payload, qos=1)
    gateway.tick(NOON_MS)
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: shop.seqs == [1, 2], "batches arrive all the same")

    assert gateway.running


def test_a_feed_that_starts_again_is_followed(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop, gateway = server(broker.port), agent(broker.port)
    gateway.hear(NOON_MS + 100, EIDS[0])
    gateway.tick(NOON_MS + 1_000)
    wait_until(lambda: len(shop.batches) == 2, "the first run arrives")

    gateway.hear(NOON_MS - 3_600_000, EIDS[0])
    gateway.tick(NOON_MS - 3_599_000)
    wait_until(lambda: len(shop.batches) == 4, "both runs arrive")

    stamps = [batch.sent_at_ms - NOON_MS for batch in shop.batches]
    assert stamps == [0, 1_000, -3_600_000, -3_599_000]
    assert shop.batches[2].rows[0].first_at_ms == NOON_MS - 3_600_000


def test_a_batch_that_the_server_never_takes_blocks_nothing(
    broker: Broker, server: StartServer, agent: StartAgent
) -> None:
    broker.start()
    shop = server(broker.port)
    shop.deaf_to = {2}
    gateway = agent(broker.port)

    for number in range(4):
        gateway.tick(NOON_MS + number * 1_000)
    refused = [LostRange(2, 2, "refused")]
    wait_until(lambda: any(batch.lost == refused for batch in shop.batches), "it is given up")

    assert {batch.seq for batch in shop.batches if batch.lost} <= {3, 4}
    assert "batch given up: seq=2 reason=refused" in gateway.log


def test_the_same_feed_gives_the_same_batches(
    broker: Broker, server: StartServer, agent: StartAgent, tmp_path: Path
) -> None:
    broker.start()
    shop = server(broker.port)
    gateway = agent(broker.port)
    for run in range(2):
        for step in range(8):
            gateway.hear(NOON_MS + step * 500 + 1, *EIDS[: step + 1])
            if step % 2:
                gateway.tick(NOON_MS + step * 500 + 500)
        wait_until(partial(said, shop, run, 4_000), "the last tick arrives")
        gateway.kill()
        for left in gateway._config.parent.glob("edge.spool*"):
            left.unlink()
        gateway.start()

    first, second = (
        [(batch.seq, batch.sent_at_ms, batch.rows) for batch in of_spool]
        for of_spool in by_spool(shop)
    )
    assert first == second
    assert len(first) == 12


def by_spool(shop: StandInServer) -> list[list[SightingBatch]]:
    """Batches of each spool in order, repeats left out."""
    spools: dict[str, dict[int, SightingBatch]] = {}
    for batch in shop.batches:
        spools.setdefault(batch.spool_id, {}).setdefault(batch.seq, batch)
    return [list(batches.values()) for batches in spools.values()]


def said(shop: StandInServer, run: int, last_ms: int) -> bool:
    """Whether the batch of the last tick of this run has arrived."""
    spools = by_spool(shop)
    return len(spools) > run and spools[run][-1].sent_at_ms == NOON_MS + last_ms
