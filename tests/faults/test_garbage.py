"""What a gateway with good credentials may say wrong: refused, counted, and the loop goes on."""

import contextlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from proximity_wire.messages import Ack, decode
from proximity_wire.topics import Channel, gateway_topic
from tests.faults.process import until
from tests.faults.shop import Shop
from tests.store_server.entrypoints.mqtt_parties import Party, party

pytestmark = [
    pytest.mark.faults,
    pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(240),
]

SPEAKER = "gw-3"
DAY_MS = 24 * 3600 * 1000
MARK = "canary"  # stands in payloads and must not come up in any log
PLACE = {"org": "acme", "store": "s1", "gateway": SPEAKER}
ROW = ["eid", "00" * 8, 0, 0, 1, -60.0, -60.0]


def topic(channel: Channel) -> str:
    return gateway_topic(channel, **PLACE)


class Speaker:
    """Says what it likes on the topics of its gateway, on a spool of its own."""

    def __init__(self, shop: Shop, heard: Party, spool_id: str) -> None:
        self.shop = shop
        self.party = heard
        self.spool_id = spool_id
        self.seq = 0

    def batch(self, **changes: Any) -> dict[str, Any]:
        """A good batch of now as a document, with these changes."""
        good = {
            "v": 1,
            **PLACE,
            "spool_id": self.spool_id,
            "seq": self.seq + 1,
            "boot_id": "b" * 32,
            "sent_at_ms": self.shop.now_ms,
            "clock": "event",
            "rows": [],
        }
        return {**good, **changes}

    def rows(self, **changes: Any) -> list[Any]:
        """One row of now; changes by position, like p5=-128.0."""
        row = [*ROW[:2], self.shop.now_ms, self.shop.now_ms, *ROW[4:]]
        for position, value in changes.items():
            row[int(position[1:])] = value
        return [row]

    def say(self, document: object, channel: Channel = Channel.SIGHTINGS) -> None:
        self.say_raw(json.dumps(document).encode(), channel)

    def say_raw(self, payload: bytes, channel: Channel = Channel.SIGHTINGS) -> None:
        self.party.say(topic(channel), payload)

    def take(self, **changes: Any) -> Ack:
        """Say the next batch, and hear what the server acknowledges."""
        document = self.batch(**changes)
        self.seq += 1
        self.say(document)
        return decode(self.party.next().payload, Ack)


@contextlib.contextmanager
def speaking(shop: Shop) -> Iterator[Speaker]:
    """A connection in the name of the gateway without a process, on a spool of its own."""
    shop.walk(1)
    with party(shop.as_broker(), SPEAKER) as heard:
        heard.listen(topic(Channel.ACK))
        yield Speaker(shop, heard, f"{shop.now_ms:032x}")


@pytest.fixture(autouse=True)
def gone_afterwards(shop: Shop) -> Iterator[None]:
    """Known to be gone, the speaker does not hold the event clock of the tests that follow."""
    yield
    gone = {"v": 1, **PLACE, "online": False, "boot_id": "b" * 32}
    with party(shop.as_broker(), SPEAKER) as last:
        last.say(topic(Channel.STATE), json.dumps(gone).encode(), retain=True)


def counted(shop: Shop, reason: str) -> int:
    return sum(times for (_, why), times in shop.api.quarantine().items() if why == reason)


def undecodable(one: Speaker) -> dict[str, bytes]:
    """Payloads that are no batch, by what is wrong with them."""

    def text(**changes: Any) -> bytes:
        return json.dumps(one.batch(**changes)).encode()

    good = text(seq=one.shop.now_ms)
    return {
        "not JSON": b"\x00\xff" + MARK.encode() + good,
        "truncated": good[:-20],
        "empty": b"",
        "NaN": good.replace(b'"seq": ', b'"seq": NaN, "x": '),
        "Infinity": good.replace(b'"sent_at_ms": ', b'"sent_at_ms": Infinity, "x": '),
        "1e999": good.replace(b'"sent_at_ms": ', b'"sent_at_ms": 1e999, "x": '),
        "NaN in a row": text(rows=one.rows(p5=float("nan"))),
        "another version": text(v=2),
        "no version as text": text(v="1"),
        "wrong type": text(seq="1"),
        "a list": b"[" + good + b"]",
        "huge number": good.replace(b'"seq": ', b'"seq": ' + b"9" * 400 + b', "x": '),
        "beyond 64 kB": text(traceparent=MARK * 12_000),
        "deep nesting": b"[" * 30_000 + b"]" * 30_000,
        "deep in a field": good[:-1] + b', "x": ' + b"[" * 30_000 + b"]" * 30_000 + b"}",
        "RSSI too low": text(rows=one.rows(p5=-128.0)),
        "RSSI too high": text(rows=one.rows(p5=99.0, p6=99.0)),
        "identity of another kind": text(rows=one.rows(p1="0" * 17)),
        "year 1970": text(sent_at_ms=1),
        "ends before it begins": text(rows=one.rows(p3=one.shop.now_ms - 1)),
        "NUL in a name": text(gateway="gw-\x00"),
        "lost beyond itself": text(lost=[[1, 2**62, "x"]]),
    }


def test_what_cannot_be_read_is_counted_and_the_next_batch_taken(shop: Shop) -> None:
    with speaking(shop) as speaker:
        pid, counts = shop.api.run()["pid"], counted(shop, "undecodable")
        payloads = undecodable(speaker)

        for payload in payloads.values():
            speaker.say_raw(payload)
        for channel in (Channel.STATE, Channel.HEALTH):
            speaker.say_raw(b'{"v": 1, "note": "' + MARK.encode() + b'"}', channel)

        assert speaker.take().through_seq == 1
    assert counted(shop, "undecodable") - counts == len(payloads) + 2
    assert (shop.api.run()["pid"], shop.server.running) == (pid, True)
    assert shop.gateway(SPEAKER)["applied_batches"] >= 1
    assert MARK not in shop.server.log()


def test_what_can_be_read_and_not_used_is_passed_with_its_reason(shop: Shop) -> None:
    with speaking(shop) as speaker:
        refused, line = shop.api.quarantine(), shop.gateway(SPEAKER)
        unknown = shop.api.progress()["counts"]["unknown_identities"]
        wrong: list[dict[str, Any]] = [
            {"sent_at_ms": shop.now_ms + DAY_MS},
            {"sent_at_ms": shop.now_ms - DAY_MS},
            {"gateway": "gw-1"},
            {"org": "other"},
        ]

        assert speaker.take().quarantined == []
        acks = [speaker.take(**changes) for changes in wrong]
        assert speaker.take(rows=speaker.rows()).through_seq == 6

    assert acks[-1].quarantined == [2, 3, 4, 5]
    after, sightings = shop.api.quarantine(), f"{SPEAKER}/up/sightings"
    assert {key: n - refused.get(key, 0) for key, n in after.items() if n != refused.get(key)} == {
        (sightings, "clock_ahead"): 1,
        (sightings, "clock_behind"): 1,
        (sightings, "topic_mismatch"): 2,
    }
    now = shop.gateway(SPEAKER)
    assert now["quarantined"] - line.get("quarantined", 0) == len(wrong)
    assert now["applied_batches"] - line.get("applied_batches", 0) == 2
    assert shop.api.progress()["counts"]["unknown_identities"] == unknown + 1
    assert shop.gateway("gw-1")["quarantined"] == 0


def test_beyond_its_limit_the_broker_hangs_up_and_nothing_else_happens(shop: Shop) -> None:
    with speaking(shop) as speaker:
        speaker.party.client.publish(topic(Channel.SIGHTINGS), b"x" * 2_000_000, qos=0)
        until(lambda: not speaker.party.client.is_connected(), what="the broker has hung up")

    with speaking(shop) as again:
        assert again.take().through_seq == 1
    assert shop.server.running


def test_a_retained_state_of_garbage_outlives_a_server_and_breaks_none(shop: Shop) -> None:
    with speaking(shop) as speaker:
        speaker.party.say(topic(Channel.STATE), MARK.encode() * 3, retain=True)
    until(lambda: counted(shop, "undecodable"), what="it is refused")
    counts = counted(shop, "undecodable")

    shop.server.kill()
    shop.start_server()

    until(lambda: counted(shop, "undecodable") > counts, what="it is heard and refused again")
    assert not shop.gateway(SPEAKER).get("online")
    shop.walk(2)
    shop.assert_applied_once()
    with speaking(shop) as again:
        assert again.take().through_seq == 1
    assert MARK not in shop.server.log()


def test_no_secret_is_in_the_servers_log(shop: Shop) -> None:
    shop.walk(1)
    log = shop.server.log()

    words = [user.password for user in shop.as_broker().users.values()]
    words += [key.hex() for key in shop.shoppers.values()] + list(shop.shoppers)
    words += [shop.api.key(name) for name in ("till", "backend", "ops")]
    assert log
    assert [word for word in words if word in log] == []
