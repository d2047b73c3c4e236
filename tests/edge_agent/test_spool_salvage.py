"""A damaged spool: what fits its seal is kept under its number, what does not is declared."""

import random
import shutil
from pathlib import Path

import pytest

from edge_agent.spool import Spool
from tests.edge_agent.builders import a_batch, a_row

BATCHES = 60


def rows_of(number: int) -> bytes:
    """Rows that say which batch they are of; every tenth is larger than a page."""
    size = 200 if number % 10 == 0 else 1
    return a_batch([a_row(f"{number:08x}{n:08x}") for n in range(size)]).rows


def a_filled_spool(folder: Path, *, closed: bool) -> Path:
    """A spool of `BATCHES` batches, the first three acknowledged, as a kill would leave it."""
    folder.mkdir(exist_ok=True)
    path = folder / "edge.spool"
    with Spool(path, max_bytes=10**7) as spool:
        for number in range(1, BATCHES + 1):
            spool.append([a_batch()._replace(rows=rows_of(number))])
        spool.forget(3)
        spool.tidy()
        left = folder / "left"
        if not closed:
            left.mkdir(exist_ok=True)
            for file in folder.glob("edge.spool*"):
                shutil.copy(file, left)
    return path if closed else left / "edge.spool"


def flip(path: Path, at: int, *, with_byte: int) -> None:
    content = bytearray(path.read_bytes())
    content[at] ^= with_byte
    path.write_bytes(content)


def check(path: Path) -> int:
    """Open, and see that every number is kept as it was or declared; how many were lost."""
    with Spool(path, max_bytes=10**7) as spool:
        batches = spool.read_after(0, most=1_000)
        whole = {batch.seq for batch in batches if batch.rows is not None}
        assert all(b.rows in (None, rows_of(b.seq)) for b in batches)
        broken = {batch.seq for batch in batches if batch.rows is None}
        gaps = spool.lost_before(10**9, most=1_000)
        declared = {seq for gap in gaps for seq in range(gap.from_seq, gap.to_seq + 1)}
        assert whole | broken | declared >= set(range(4, BATCHES + 1))
        assert spool.last_seq >= BATCHES
        return BATCHES - 3 - len(whole)


@pytest.mark.parametrize("tail", ["", "-wal"])
def test_a_flipped_byte_costs_at_most_what_shares_its_cell(tmp_path: Path, tail: str) -> None:
    source = a_filled_spool(tmp_path / "source", closed=not tail)
    size = source.with_name(source.name + tail).stat().st_size
    rng = random.Random(1)
    lost = []

    for number in range(40):
        folder = tmp_path / f"try-{number}"
        shutil.copytree(source.parent, folder, ignore=shutil.ignore_patterns("left"))
        flip(folder / f"edge.spool{tail}", rng.randrange(size), with_byte=rng.randint(1, 255))
        lost.append(check(folder / "edge.spool"))

    assert sorted(lost)[len(lost) // 2] <= 1
    assert max(lost) <= 12, lost


def test_a_first_page_in_ruins_costs_no_batch(tmp_path: Path) -> None:
    path = a_filled_spool(tmp_path, closed=True)
    content = bytearray(path.read_bytes())
    content[:4096] = bytes(4096)
    path.write_bytes(content)

    assert check(path) == 0


def test_a_file_moved_away_is_a_new_beginning(tmp_path: Path) -> None:
    path = a_filled_spool(tmp_path, closed=True)
    path.rename(tmp_path / "away")

    with Spool(path, max_bytes=10**7) as spool:
        assert (spool.last_seq, len(spool), dict(spool.given_up)) == (0, 0, {})
