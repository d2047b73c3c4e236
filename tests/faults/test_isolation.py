"""A gateway's account on the running shop: nothing of another's is heard, said or taken over.

What an account may say and hear by the broker's rules is tried in
tests/store_server/entrypoints/test_broker_rights.py, on both brokers; here the server and the
agents are the real ones. Asserted is what is not delivered: brokers acknowledge what they drop.
"""

import json
import sqlite3
from typing import Any

import pytest

from proximity_wire.messages import GatewayState, SightingBatch, encode
from proximity_wire.topics import Channel, gateway_topic
from tests.faults.process import until
from tests.faults.shop import Shop
from tests.store_server.entrypoints.mqtt_parties import party

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(240),
]

ORG, STORE = "acme", "s1"
VICTIM, INTRUDER = "gw-2", "gw-3"


def topic(channel: Channel, gateway: str) -> str:
    return gateway_topic(channel, org=ORG, store=STORE, gateway=gateway)


def client_id_of(shop: Shop, gateway: str) -> str:
    """The client id that the agent's connection has at the broker."""
    if shop.kind == "mosquitto":
        return shop.as_broker().users[gateway].user
    with sqlite3.connect(f"file:{shop.folder}/{gateway}.spool?mode=ro", uri=True) as spool:
        question = "SELECT value FROM about WHERE key = 'client_suffix'"
        return f"{gateway}-{spool.execute(question).fetchone()[0]}"


def health_of(shop: Shop, gateway: str) -> dict[str, Any]:
    """The newest health message that the server has of a gateway; empty when there is none."""
    path = shop.folder / "state" / "store.sqlite"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        found = database.execute(
            "SELECT health FROM gateway_health WHERE gateway = ? ORDER BY at_ms DESC LIMIT 1",
            (gateway,),
        ).fetchone()
    return dict(json.loads(found[0])) if found else {}


def test_what_is_said_in_anothers_name_does_not_reach_the_server(shop: Shop) -> None:
    shop.invite(1)
    shop.walk(2)
    before, quarantined = shop.gateway(VICTIM), shop.api.quarantine()
    forged = SightingBatch(
        org=ORG,
        store=STORE,
        gateway=VICTIM,
        spool_id="f" * 32,
        seq=1,
        boot_id="f" * 32,
        sent_at_ms=shop.now_ms,
        clock="event",
    )
    gone = GatewayState(org=ORG, store=STORE, gateway=VICTIM, online=False, boot_id="f" * 32)

    with party(shop.as_broker(), INTRUDER) as intruder:
        for channel, message in ((Channel.SIGHTINGS, forged), (Channel.STATE, gone)):
            intruder.client.publish(topic(channel, VICTIM), encode(message), qos=1, retain=True)
        intruder.say(topic(Channel.HEALTH, INTRUDER), b"the end of what was said")
        until(lambda: shop.api.quarantine() != quarantined, what="the last message is refused")

    after = shop.gateway(VICTIM)
    assert after == before
    assert after["online"]
    assert shop.api.quarantine().keys() - quarantined.keys() <= {
        (f"{INTRUDER}/up/health", "undecodable")
    }


def test_under_a_stolen_client_id_nothing_is_heard_and_nothing_lost(shop: Shop) -> None:
    shop.invite(1)
    shop.walk(2)
    until(lambda: health_of(shop, VICTIM), what="the victim tells its health")
    before = health_of(shop, VICTIM)
    stolen = client_id_of(shop, VICTIM)

    with party(shop.as_broker(), INTRUDER, client_id=stolen) as intruder:
        for channel in (Channel.ACK, Channel.CONFIG, Channel.SIGHTINGS):
            intruder.client.subscribe(topic(channel, VICTIM), qos=1)
        intruder.listen(topic(Channel.ACK, INTRUDER))
        shop.walk(5, wait=False)
        if shop.kind == "mosquitto":
            shop.settle()
        heard = list(intruder.heard.queue)

    shop.walk(2, wait=False)
    shop.settle()
    shop.assert_applied_once()
    takeovers = 0 if shop.kind == "mosquitto" else 1
    until(
        lambda: health_of(shop, VICTIM)["takeovers"] - before["takeovers"] >= takeovers,
        what="the takeover is counted",
    )
    assert heard == []
    if shop.kind == "mosquitto":
        assert health_of(shop, VICTIM)["connects"] == before["connects"]
