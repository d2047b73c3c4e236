"""The quarantine: what was given up is there for a day, and no longer."""

from pathlib import Path

import pytest

from edge_agent.quarantine import KEPT_MS, MOST, Quarantine, read_quarantine
from edge_agent.spool import Spool, SpooledBatch
from tests.edge_agent.builders import (
    BOOT_ID,
    NOON_MS,
    a_batch,
    a_delivery,
    an_ack,
    send_all,
)


def put(quarantine: Quarantine, seq: int, *, now_ms: int = NOON_MS) -> None:
    batch = SpooledBatch(seq, BOOT_ID, "free", NOON_MS, b'[["eid","x"]]')
    quarantine.put(batch, spool_id="0" * 32, reason="refused", now_ms=now_ms)


def test_a_batch_that_the_server_never_takes_is_put_aside(tmp_path: Path) -> None:
    path = tmp_path / "edge.spool"
    with Spool(path, max_bytes=1_000_000) as spool:
        delivery = a_delivery(spool, refuse_after=1, spool_path=path)
        batch = a_batch()
        delivery.keep([batch, a_batch()])
        send_all(delivery, 0.0)
        delivery.take_ack(an_ack(spool, 0), 1.0)

        send_all(delivery, 1_000.0)

    (held,) = read_quarantine(tmp_path / "edge.spool.quarantine")
    assert (held.seq, held.reason, bytes(held.rows)) == (1, "refused", batch.rows)


def test_it_is_private_and_its_newest_survive_a_restart(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "edge.spool")
    for seq in range(1, MOST + 6):
        put(quarantine, seq)

    held = read_quarantine(quarantine.path)

    assert [one.seq for one in held] == list(range(6, MOST + 6))
    assert quarantine.path.stat().st_mode & 0o777 == 0o600
    assert len(Quarantine(tmp_path / "edge.spool")) == MOST


def test_after_a_day_nothing_is_left_of_it(tmp_path: Path) -> None:
    quarantine = Quarantine(tmp_path / "edge.spool")
    put(quarantine, 1)

    quarantine.tidy(NOON_MS + KEPT_MS - 1)
    assert len(quarantine) == 1
    quarantine.tidy(NOON_MS + KEPT_MS)

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"garbage\n", b"\xff\n", b"[" * 100_000, b'{"seq": 1}\n'])
def test_a_broken_file_is_no_obstacle(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "edge.spool.quarantine").write_bytes(content)
    quarantine = Quarantine(tmp_path / "edge.spool")

    put(quarantine, 1)

    assert [one.seq for one in read_quarantine(quarantine.path)] == [1]


def test_a_disk_that_refuses_costs_only_the_copy(tmp_path: Path) -> None:
    put(Quarantine(tmp_path / "nowhere" / "edge.spool"), 1)

    assert list(tmp_path.iterdir()) == []
