"""Spool: what is kept, what is shed, what survives."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.errors import SpoolError, SpoolLocked
from edge_agent.spool import Spool
from proximity_wire.messages import LostRange
from tests.edge_agent.builders import a_batch


def a_spool(folder: Path, *, max_bytes: int = 1_000_000) -> Spool:
    return Spool(folder / "edge.spool", max_bytes=max_bytes)


def seqs(spool: Spool, after: int = 0) -> list[int]:
    return [batch.seq for batch in spool.read_after(after, most=1_000)]


def test_batches_are_numbered_in_order_and_read_back(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch(), a_batch()])
        spool.append([a_batch()])

        assert seqs(spool) == [1, 2, 3]
        assert seqs(spool, after=2) == [3]
        assert spool.read_after(0, most=1)[0].rows == a_batch().rows


def test_ids_and_numbers_survive_a_restart(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch(), a_batch()])
        spool.forget(2)
        spool.tidy()
        ids = (spool.spool_id, spool.client_suffix)

    with a_spool(tmp_path) as again:
        again.append([a_batch()])

        assert (again.spool_id, again.client_suffix) == ids
        assert seqs(again) == [3]


def test_each_spool_has_ids_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    with a_spool(tmp_path) as one, a_spool(tmp_path / "b") as other:
        assert len(one.client_suffix) == len(one.spool_id) == 32
        assert len({one.spool_id, other.spool_id, one.client_suffix, other.client_suffix}) == 4


def test_an_acknowledgement_covers_all_up_to_its_number(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch() for _ in range(5)])

        assert spool.forget(3) == 3
        assert spool.forget(2) == 0
        assert seqs(spool) == [4, 5]
        assert len(spool) == 2


def test_oldest_batches_are_shed_and_declared_when_the_quota_is_passed(tmp_path: Path) -> None:
    with a_spool(tmp_path, max_bytes=1_000) as spool:
        for _ in range(20):
            spool.append([a_batch()])
        kept = seqs(spool)

        assert kept == list(range(kept[0], 21))
        assert spool.given_up["full"] == kept[0] - 1 > 0
        assert spool.lost_before(kept[0], most=9) == [LostRange(1, kept[0] - 1, "full")]


def test_lost_ranges_survive_a_restart_and_end_with_the_acknowledgement(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch() for _ in range(4)])
        spool.give_up(2, reason="refused")

    with a_spool(tmp_path) as again:
        assert seqs(again) == [1, 3, 4]
        assert again.lost_before(3, most=9) == [LostRange(2, 2, "refused")]
        assert again.lost_before(2, most=9) == []
        again.forget(3)
        assert again.lost_before(4, most=9) == []


def test_numbers_of_unwritten_batches_are_never_used_again(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch()])
        spool.abandon(2, reason="disk_full")
        spool.append([a_batch()])

    with a_spool(tmp_path) as again:
        assert seqs(again) == [1, 4]
        assert again.lost_before(4, most=9) == [LostRange(2, 3, "disk_full")]


def test_an_idle_spool_is_not_written(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch()])
        spool.forget(1)
        spool.tidy()
        before = spool._file.total_changes

        spool.tidy()

        assert spool._file.total_changes == before


def test_nobody_else_may_read_the_spool(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch()])

        modes = {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}

    assert modes == {0o600}


def test_a_second_agent_on_the_same_spool_is_refused(tmp_path: Path) -> None:
    with a_spool(tmp_path), pytest.raises(SpoolLocked, match="in use by another edge-agent"):
        a_spool(tmp_path)


def test_a_damaged_file_is_moved_aside_and_reported(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch()])
        old_id = spool.spool_id
    (tmp_path / "edge.spool").write_bytes(b"this is no database" * 100)

    with a_spool(tmp_path) as fresh:
        assert fresh.spool_id == old_id
        assert fresh.given_up == {"spool_damaged": 1, "damaged": 1}
        assert seqs(fresh) == []
        fresh.append([a_batch()])
        assert fresh.lost_before(2, most=9) == [LostRange(1, 1, "damaged")]
    assert (tmp_path / "edge.spool.damaged-1").exists()


def test_flipped_bytes_cost_one_batch(tmp_path: Path) -> None:
    with a_spool(tmp_path) as spool:
        spool.append([a_batch(), a_batch()])
    with sqlite3.connect(tmp_path / "edge.spool") as file:
        file.execute("UPDATE batch SET rows = X'5B5D' WHERE seq = 1")
    file.close()

    with a_spool(tmp_path) as spool:
        damaged, sound = spool.read_after(0, most=9)

        assert damaged.rows is None
        assert sound.rows == a_batch().rows


def test_a_folder_that_cannot_be_made_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SpoolError, match=r"\[spool\] path"):
        Spool(tmp_path / "file" / "edge.spool", max_bytes=1_000)


def test_what_was_committed_survives_kill_9(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from edge_agent.spool import Spool;"
        "from tests.edge_agent.builders import a_batch\n"
        "spool = Spool(Path(sys.argv[1]), max_bytes=10**6)\n"
        "while True:\n"
        "    spool.append([a_batch()]); print(spool.last_seq, flush=True)\n"
    )
    path = tmp_path / "edge.spool"
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout is not None
    told = [int(writer.stdout.readline()) for _ in range(20)]
    os.kill(writer.pid, signal.SIGKILL)
    told += [int(line) for line in writer.stdout if line.endswith("\n")]
    writer.wait()
    writer.stdout.close()

    with a_spool(tmp_path) as spool:
        assert seqs(spool)[: len(told)] == told
