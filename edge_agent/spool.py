"""Bounded queue on disk of what the server has not acknowledged yet.

A batch gets its sequence number in the transaction that writes it, and is sent only after
that commit; so a number is never used twice, not after `kill -9` either. The server's cumulative
acknowledgement deletes. What is given up for another reason (`full`, `disk_full`,
`damaged`, `refused`) leaves a range in `lost`, which is declared to the server with the next
batch and forgotten once the server's acknowledgement has passed it.

One thread owns a spool. All rows of one batch are sealed by a CRC-32, so that flipped bytes cost
that one batch and are reported, instead of becoming a sighting that nobody made.
"""

import os
import zlib
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from edge_agent.spool_file import Transaction, lock_spool, open_file
from proximity_wire.messages import ClockQuality, LostRange

# What a batch takes in the file beside its rows, so that many empty ones are bounded as well.
_BATCH_OVERHEAD_BYTES = 100


class NewBatch(NamedTuple):
    """Encoded rows on their way into the spool, with the circumstances they were heard in."""

    rows: bytes
    boot_id: str
    clock: ClockQuality
    spooled_at_ms: int


class SpooledBatch(NamedTuple):
    """One batch as it lies in the spool; `rows` is None when its bytes are damaged."""

    seq: int
    boot_id: str
    clock: ClockQuality
    spooled_at_ms: int
    rows: bytes | None


class _Waiting(NamedTuple):
    """What is known in memory of a batch that waits for its acknowledgement."""

    seq: int
    weight: int
    spooled_at_ms: int


class Spool:
    """The batches of one gateway that are still owed to the server, oldest first."""

    def __init__(self, path: Path, *, max_bytes: int) -> None:
        """Open or create the spool at `path`, which holds at most `max_bytes` of rows.

        Raises:
            SpoolLocked: another agent uses it.
            SpoolError: the file can neither be used nor replaced.
        """
        self._path = path
        self._max_bytes = max_bytes
        self._lock = lock_spool(path)
        self.given_up: Counter[str] = Counter()
        try:
            self._load()
        except BaseException:
            os.close(self._lock)
            raise

    def _load(self) -> None:
        self._file, moved = open_file(self._path)
        if moved:
            self.given_up["spool_damaged"] += 1
        about = dict(self._file.execute("SELECT key, value FROM about"))
        self.spool_id: str = about["spool_id"]
        self.client_suffix: str = about["client_suffix"]
        self.last_seq = int(about["last_seq"])
        waiting = self._file.execute(
            "SELECT seq, length(rows), spooled_at_ms FROM batch ORDER BY seq"
        )
        self._waiting = deque(_Waiting(seq, _weight(size), at_ms) for seq, size, at_ms in waiting)
        self._bytes = sum(entry.weight for entry in self._waiting)
        lost = self._file.execute("SELECT from_seq, to_seq, reason FROM lost ORDER BY from_seq")
        self._lost = [LostRange(*found) for found in lost]
        self._saved_lost = self._lost
        self._acked_seq = self._tidied_seq = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._waiting)

    def append(self, batches: Iterable[NewBatch]) -> None:
        """Write `batches` in one commit; oldest batches are shed when the quota is passed.

        Raises:
            sqlite3.Error: nothing was written and no number used; the disk may be full.
        """
        entries = [
            (seq, new.boot_id, new.clock, new.spooled_at_ms, zlib.crc32(new.rows), new.rows)
            for seq, new in enumerate(batches, start=self.last_seq + 1)
        ]
        shed, size = self._to_shed(sum(_weight(len(entry[-1])) for entry in entries))
        lost = merged_ranges([*self._lost, *(LostRange(seq, seq, "full") for seq in shed)])
        last_seq = entries[-1][0] if entries else self.last_seq
        through_seq = shed[-1] if shed else self._acked_seq
        with Transaction(self._file):
            self._file.execute("DELETE FROM batch WHERE seq <= ?", (through_seq,))
            self._file.executemany("INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?)", entries)
            self._save(last_seq, lost)
        self.last_seq = last_seq
        self._lost = self._saved_lost = lost
        self._tidied_seq = self._acked_seq
        for _ in shed:
            self._waiting.popleft()
        self._waiting.extend(
            _Waiting(entry[0], _weight(len(entry[-1])), entry[3]) for entry in entries
        )
        self._bytes = size
        self.given_up["full"] += len(shed)

    def abandon(self, count: int, *, reason: str) -> None:
        """Use up `count` numbers for batches that could not be written.

        Kept in RAM until the next commit, because the disk has just refused one.
        """
        self._lose(self.last_seq + 1, self.last_seq + count, reason=reason)
        self.last_seq += count
        self.given_up[reason] += count

    def give_up(self, seq: int, *, reason: str) -> None:
        """Take one waiting batch out of the queue and declare it lost for `reason`."""
        kept = [entry for entry in self._waiting if entry.seq != seq]
        if len(kept) == len(self._waiting):
            return
        self._waiting = deque(kept)
        self._bytes = sum(entry.weight for entry in kept)
        self._lose(seq, seq, reason=reason)
        self.given_up[reason] += 1
        with Transaction(self._file):
            self._file.execute("DELETE FROM batch WHERE seq = ?", (seq,))
            self._save(self.last_seq, self._lost)
        self._saved_lost = self._lost

    def forget(self, through_seq: int) -> int:
        """Take an acknowledgement: how many waiting batches it covered.

        They leave the file with the next commit; should that never come, they are sent once
        more and the server drops them as duplicates.
        """
        covered = 0
        while self._waiting and self._waiting[0].seq <= through_seq:
            self._bytes -= self._waiting.popleft().weight
            covered += 1
        self._acked_seq = max(self._acked_seq, min(through_seq, self.last_seq))
        self._lost = [lost for lost in self._lost if lost.to_seq > through_seq]
        return covered

    def tidy(self) -> None:
        """Delete from the file what was acknowledged since the last commit."""
        # An idle gateway writes nothing: every commit wears the flash card.
        if self._tidied_seq == self._acked_seq and self._saved_lost == self._lost:
            return
        with Transaction(self._file):
            self._file.execute("DELETE FROM batch WHERE seq <= ?", (self._acked_seq,))
            self._save(self.last_seq, self._lost)
        self._saved_lost = self._lost
        self._tidied_seq = self._acked_seq

    def read_after(self, seq: int, *, most: int) -> list[SpooledBatch]:
        """The next waiting batches above `seq`, ascending, at most `most`."""
        found = self._file.execute(
            "SELECT seq, boot_id, clock, spooled_at_ms, rows, checksum FROM batch"
            " WHERE seq > ? ORDER BY seq LIMIT ?",
            (max(seq, self._acked_seq), most),
        )
        return [
            SpooledBatch(number, boot_id, clock, spooled_at_ms, _unsealed(rows, checksum))
            for number, boot_id, clock, spooled_at_ms, rows, checksum in found
        ]

    def oldest_at_ms(self) -> int | None:
        """When the oldest waiting batch was spooled, or None when nothing waits."""
        return self._waiting[0].spooled_at_ms if self._waiting else None

    def lost_before(self, seq: int, *, most: int) -> list[LostRange]:
        """Ranges to declare with batch `seq`: those that end before it, lowest first."""
        return [lost for lost in self._lost if lost.to_seq < seq][:most]

    def replace_damaged(self) -> None:
        """Close the file and open it again; when it is damaged, a new spool takes its place."""
        self._file.close()
        self._load()

    def close(self) -> None:
        """Close the file and let go of the lock."""
        self._file.close()
        os.close(self._lock)

    def _lose(self, from_seq: int, to_seq: int, *, reason: str) -> None:
        self._lost = merged_ranges([*self._lost, LostRange(from_seq, to_seq, reason)])

    def _to_shed(self, added_bytes: int) -> tuple[list[int], int]:
        """Oldest numbers that must go for `added_bytes` to fit, and the bytes held then."""
        size = self._bytes + added_bytes
        shed = []
        for waiting in self._waiting:
            if size <= self._max_bytes:
                break
            shed.append(waiting.seq)
            size -= waiting.weight
        return shed, size

    def _save(self, last_seq: int, lost: list[LostRange]) -> None:
        """Write the last number, and the lost ranges when they have changed."""
        self._file.execute("UPDATE about SET value = ? WHERE key = 'last_seq'", (str(last_seq),))
        if lost == self._saved_lost:
            return
        self._file.execute("DELETE FROM lost")
        entries = [(gap.from_seq, gap.to_seq, gap.reason) for gap in lost]
        self._file.executemany("INSERT INTO lost VALUES (?, ?, ?)", entries)


def _unsealed(rows: object, checksum: object) -> bytes | None:
    """`rows` when they are what was sealed, else None."""
    return rows if isinstance(rows, bytes) and zlib.crc32(rows) == checksum else None


def _weight(rows_bytes: int) -> int:
    return rows_bytes + _BATCH_OVERHEAD_BYTES


def merged_ranges(ranges: Iterable[LostRange]) -> list[LostRange]:
    """Ascending ranges, neighbours of the same reason joined."""
    joined: list[LostRange] = []
    for gap in sorted(ranges, key=lambda gap: gap.from_seq):
        last = joined[-1] if joined else None
        if last and last.reason == gap.reason and last.to_seq + 1 == gap.from_seq:
            joined[-1] = LostRange(last.from_seq, gap.to_seq, gap.reason)
        else:
            joined.append(gap)
    return joined
