"""What the spool keeps through kills, a full disk, an absent server and flipped bytes.

    python -m benchmarks.edge_spool [--kills 50] [--flips 1000]

Kills hit a process that appends batches and says each number after its commit: what it said must
be there. The full disk is a tmpfs of 3 MB (needs root; else the quota stands in, and it is said).
Flips hit copies of a spool as a kill leaves it, with its log; every number must then be
whole, or declared; a batch that differs from what was written would be a silent wrong one.
"""

import argparse
import logging
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.spool_rows import appender, rows_of
from edge_agent.shedding import Grade
from edge_agent.spool import NewBatch, Spool
from tests.edge_agent.builders import BOOT_ID, NOON_MS, a_delivery, an_ack, send_all

_MB = 1_000_000


def kill_many(folder: Path, kills: int) -> tuple[int, int]:
    """(numbers said, of these lost or wrong) over `kills` kills of one spool's writer."""
    path, rng = folder / "edge.spool", random.Random(1)
    said: list[int] = []
    for _ in range(kills):
        writer = subprocess.Popen(
            [sys.executable, "-c", appender(path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout is not None
        said.append(int(writer.stdout.readline()))
        time.sleep(rng.random() * 0.1)
        os.kill(writer.pid, signal.SIGKILL)
        said += [int(line) for line in writer.stdout if line.endswith("\n")]
        writer.wait()
        writer.stdout.close()
    with Spool(path, max_bytes=1000 * _MB) as spool:
        kept = {batch.seq: batch.rows for batch in spool.read_after(0, most=10**9)}
    return len(said), sum(kept.get(seq) != rows_of(seq) for seq in said)


def server_away(folder: Path) -> tuple[int, int]:
    """(batches kept, delivered) where the server is silent, then the broker, then both are back."""
    with Spool(folder / "edge.spool", max_bytes=100 * _MB) as spool:
        delivery = a_delivery(spool)
        delivery.keep([NewBatch(rows_of(seq), BOOT_ID, "free", NOON_MS) for seq in range(1, 501)])
        for round_number in range(5):
            send_all(delivery, round_number * 100.0)
            delivery.rewind()
        arrived: set[int] = set()
        while len(spool):
            arrived |= {batch.seq for batch in send_all(delivery, 1_000.0)}
            delivery.take_ack(an_ack(spool, max(arrived)), 1_000.0)
    return 500, len(arrived)


def disk_full(folder: Path) -> str:
    """What became of 6 MB of batches on a disk of 3 MB."""
    mounted = not subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(folder)],
        check=False,
        capture_output=True,
    ).returncode
    try:
        quota = 100 * _MB if mounted else 2 * _MB
        with Spool(folder / "edge.spool", max_bytes=quota, ballast_bytes=500_000) as spool:
            delivery = a_delivery(spool)
            offered = 600
            for number in range(1, offered + 1):
                grade = Grade.FIRST if number % 10 == 0 else Grade.WINDOWS
                rows = rows_of(number, size=10_000)
                delivery.keep([NewBatch(rows, BOOT_ID, "free", NOON_MS, grade)])
            gone = spool.given_up["full"] + spool.given_up["disk_full"]
            unexplained = offered - len(spool) - delivery.unkept - gone
            kept = spool.read_after(0, most=10**9)
            grades = [batch.grade for batch in kept]
            grades += [batch.grade for batch in delivery.unkept_batches]
            firsts = grades.count(Grade.FIRST)
            return (
                f"disk full ({'tmpfs' if mounted else 'no tmpfs: quota'}): offered {offered}, "
                f"kept {len(spool)}, in memory {delivery.unkept}, shed and declared {gone}, "
                f"unexplained {unexplained} (bar 0); first sightings kept {firsts} of "
                f"{offered // 10}, ballast dropped {spool.given_up['ballast_dropped']}"
            )
    finally:
        if mounted:
            subprocess.run(["umount", str(folder)], check=False)


def flip_many(folder: Path, flips: int) -> str:
    """Flip one byte in each of `flips` copies; half of them in the log where there is one."""
    path, batches = folder / "edge.spool", 300
    left = folder / "left"
    left.mkdir()
    with Spool(path, max_bytes=100 * _MB) as spool:
        for seq in range(1, batches + 1):
            spool.append([NewBatch(rows_of(seq), BOOT_ID, "free", NOON_MS)])
        for file in folder.glob("edge.spool*"):
            shutil.copy(file, left)
    rng, lost, wrong, silent = random.Random(1), [], 0, 0
    for number in range(flips):
        copy = folder / "copy"
        shutil.copytree(left, copy)
        target = copy / ("edge.spool-wal" if number % 2 else "edge.spool")
        content = bytearray(target.read_bytes())
        content[rng.randrange(len(content))] ^= rng.randint(1, 255)
        target.write_bytes(content)
        with Spool(copy / "edge.spool", max_bytes=100 * _MB) as spool:
            found = {batch.seq: batch.rows for batch in spool.read_after(0, most=10**9)}
            gaps = spool.lost_before(2**62, most=10**9)
        declared = {seq for gap in gaps for seq in range(gap.from_seq, gap.to_seq + 1)}
        whole = {seq for seq, rows in found.items() if rows is not None}
        wrong += sum(found[seq] != rows_of(seq) for seq in whole)
        silent += len(set(range(1, batches + 1)) - set(found) - declared)
        lost.append(batches - len(whole))
        shutil.rmtree(copy)
    none, one = sum(not n for n in lost), sum(n == 1 for n in lost)
    return (
        f"{flips} flips: no batch lost {none}, one {one}, more {flips - none - one} (most at once "
        f"{max(lost)}); silent losses {silent} (bar 0), silent wrong batches {wrong} (bar 0)"
    )


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--flips", type=int, default=1000)
    chosen = parser.parse_args()
    # Each damage is an error in the log of a gateway; here it is the point.
    logging.disable(logging.ERROR)
    with tempfile.TemporaryDirectory() as name:
        folders = [Path(name) / part for part in ("kill", "away", "full", "flip")]
        for folder in folders:
            folder.mkdir()
        said, missing = kill_many(folders[0], chosen.kills)
        print(f"{chosen.kills} kills: {said} batches acknowledged, lost or wrong {missing} (bar 0)")
        kept, delivered = server_away(folders[1])
        print(f"broker and server away: kept {kept}, delivered {delivered}")
        print(disk_full(folders[2]))
        print(flip_many(folders[3], chosen.flips))


if __name__ == "__main__":
    main()
