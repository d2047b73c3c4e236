"""Delivery: what is owed to the server, without any broker."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.spool import Spool
from proximity_wire.messages import LostRange
from tests.edge_agent.builders import (
    NOON_MS,
    StandingClock,
    a_batch,
    a_delivery,
    a_row,
    an_ack,
    send_all,
)


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    with Spool(tmp_path / "edge.spool", max_bytes=1_000_000) as spool:
        yield spool


def test_batches_go_out_in_order_within_the_window(spool: Spool) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch() for _ in range(6)])

    assert [batch.seq for batch in send_all(delivery, 0.0)] == [1, 2, 3, 4]
    delivery.take_ack(an_ack(spool, 3), 1.0)
    assert [batch.seq for batch in send_all(delivery, 1.0)] == [5, 6]
    assert (delivery.emitted, delivery.acked) == (6, 3)


def test_every_send_is_stamped_anew(spool: Spool) -> None:
    clock = StandingClock(NOON_MS)
    delivery = a_delivery(spool, clock=clock)
    delivery.keep([a_batch()])
    (first,) = send_all(delivery, 0.0)

    clock.at_ms = NOON_MS + 60_000
    delivery.rewind()
    (again,) = send_all(delivery, 60.0)

    assert (first.seq, again.seq) == (1, 1)
    assert again.sent_at_ms - first.sent_at_ms == 60_000


def test_nothing_is_sent_while_the_time_is_not_known(spool: Spool) -> None:
    delivery = a_delivery(spool, clock=StandingClock(None))
    delivery.keep([a_batch()])

    assert send_all(delivery, 0.0) == []
    assert len(spool) == 1


@pytest.mark.parametrize(
    ("payload", "counter"),
    [
        (b"", "ack_malformed"),
        (b"\xff\x00 garbage", "ack_malformed"),
        (b'{"v":1,"spool_id":"' + b"0" * 32 + b'","through_seq":1}', "ack_other_spool"),
        (b'{"v":1,"spool_id":"x","through_seq":1}', "ack_malformed"),
        (b"[" * 100_000, "ack_malformed"),
    ],
)
def test_garbage_acknowledgements_are_counted_and_change_nothing(
    spool: Spool, payload: bytes, counter: str
) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch()])

    delivery.take_ack(payload, 0.0)

    assert delivery.noted == {counter: 1}
    assert len(spool) == 1


def test_an_acknowledgement_of_what_was_never_sent_is_not_believed(spool: Spool) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch()])

    delivery.take_ack(an_ack(spool, 2), 0.0)

    assert delivery.noted == {"ack_ahead": 1}
    assert len(spool) == 1


def test_a_refused_head_is_given_up_and_declared_with_the_next_batch(spool: Spool) -> None:
    delivery = a_delivery(spool, refuse_after=3)
    delivery.keep([a_batch(), a_batch()])
    for round_number in range(3):
        send_all(delivery, round_number * 100.0)
        delivery.take_ack(an_ack(spool, 0), round_number * 100.0 + 1)

    (batch,) = send_all(delivery, 1_000.0)

    assert batch.seq == 2
    assert batch.lost == [LostRange(1, 1, "refused")]
    assert spool.given_up["refused"] == 1


def test_a_damaged_batch_is_declared_lost_and_blocks_nothing(spool: Spool, tmp_path: Path) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch(), a_batch()])
    with sqlite3.connect(tmp_path / "edge.spool") as file:
        file.execute("UPDATE batch SET checksum = 1 WHERE seq = 1")
    file.close()

    (batch,) = send_all(delivery, 0.0)

    assert (batch.seq, batch.lost) == (2, [LostRange(1, 1, "damaged")])


def test_batches_that_the_server_quarantined_are_counted_once(spool: Spool) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch() for _ in range(3)])
    send_all(delivery, 0.0)

    delivery.take_ack(an_ack(spool, 2, quarantined=[2]), 1.0)
    delivery.take_ack(an_ack(spool, 3, quarantined=[2]), 2.0)

    assert delivery.noted["quarantined_by_server"] == 1
    assert len(spool) == 0


def test_a_full_disk_keeps_the_newest_and_declares_the_rest(spool: Spool) -> None:
    delivery = a_delivery(spool)
    disk = spool._file
    pages = disk.execute("PRAGMA page_count").fetchone()[0]
    disk.execute(f"PRAGMA max_page_count = {pages}")
    for _ in range(30):
        delivery.keep([a_batch() for _ in range(20)])
    refused = delivery.unkept + spool.given_up["disk_full"]

    disk.execute("PRAGMA max_page_count = 1000000")
    delivery.keep([])

    assert refused > 0
    assert delivery.unkept == 0
    assert len(spool) + spool.given_up["disk_full"] == 600
    assert spool.last_seq == 600


def test_a_spool_that_breaks_while_in_use_is_replaced(spool: Spool) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch()])
    spool._file.execute("DROP TABLE batch")

    delivery.keep([a_batch()])
    delivery.keep([])

    sent = send_all(delivery, 0.0)
    assert spool.given_up["spool_damaged"] == 1
    assert {batch.seq for batch in sent} | {gap.from_seq for gap in sent[-1].lost} == {1, 2}


def test_a_batch_too_large_for_the_broker_is_split_and_loses_no_row(spool: Spool) -> None:
    delivery = a_delivery(spool)
    rows = [a_row(f"{number:016x}") for number in range(40)]
    delivery.keep([a_batch(rows), a_batch()])
    delivery.most_payload_bytes = 2_000

    first = send_all(delivery, 0.0)
    rest = []
    for seq in range(2, spool.last_seq + 1):
        delivery.take_ack(an_ack(spool, seq), 1.0)
        rest += send_all(delivery, 1.0)

    assert [batch.seq for batch in first] == [2]
    assert first[0].lost == [LostRange(1, 1, "split")]
    told = {row.identity for batch in rest for row in batch.rows}
    assert told == {row.identity for row in rows}


def test_a_batch_that_cannot_be_split_is_given_up(spool: Spool) -> None:
    delivery = a_delivery(spool)
    delivery.keep([a_batch(), a_batch([a_row(), a_row("f" * 16)])])
    delivery.most_payload_bytes = 150

    assert send_all(delivery, 0.0) == []
    assert spool.given_up["oversize"] == 2
