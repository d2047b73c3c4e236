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
from collections import Counter, deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

from edge_agent.ballast import Ballast
from edge_agent.shedding import Grade, Waiting, merged_ranges, to_shed, weight_of
from edge_agent.spool_file import Transaction, book_of, lock_spool, open_file, write_book
from edge_agent.spool_pages import Batch
from edge_agent.spool_salvage import Book, write_copy
from edge_agent.spool_seal import seal_of_batch, seal_of_book
from proximity_wire.messages import ClockQuality, LostRange

_CLOCKS: dict[str, ClockQuality] = {
    "synced": "synced",
    "free": "free",
    "unset": "unset",
    "event": "event",
}


class NewBatch(NamedTuple):
    """Encoded rows on their way into the spool, with the circumstances they were heard in."""

    rows: bytes
    boot_id: str
    clock: ClockQuality
    spooled_at_ms: int
    grade: Grade = Grade.WINDOWS


class SpooledBatch(NamedTuple):
    """One batch as it lies in the spool; `rows` is None when its bytes are damaged."""

    seq: int
    boot_id: str
    clock: ClockQuality
    spooled_at_ms: int
    rows: bytes | None
    grade: Grade = Grade.WINDOWS


class Spool:
    """The batches of one gateway that are still owed to the server, oldest first."""

    def __init__(self, path: Path, *, max_bytes: int, ballast_bytes: int = 0) -> None:
        """Open or create the spool at `path`, which holds at most `max_bytes` of rows.

        Args:
            path: the file; a lock file and the ballast lie beside it.
            max_bytes: quota of rows.
            ballast_bytes: disk space that is held back for a full disk.

        Raises:
            SpoolLocked: another agent uses it.
            SpoolError: the file can neither be used nor replaced.
        """
        self._path = path
        self._max_bytes = max_bytes
        self._lock = lock_spool(path)
        self._ballast = Ballast(path, size_bytes=ballast_bytes)
        self.given_up: Counter[str] = Counter()
        try:
            self._load()
        except BaseException:
            os.close(self._lock)
            raise

    def _load(self) -> None:
        self._file, saved = open_file(self._path, lock=self._lock)
        if saved is not None:
            self.given_up["spool_damaged"] += 1
            self.given_up["damaged"] += saved.damaged
        book = book_of(self._file)
        assert book is not None
        self.spool_id = book.about["spool_id"]
        self.client_suffix = book.about["client_suffix"]
        self._about = book.about
        self.last_seq = book.last_seq
        found = self._file.execute(
            "SELECT seq, length(rows), spooled_at_ms, grade FROM batch ORDER BY seq"
        )
        self._waiting = deque(
            Waiting(seq, weight_of(_number(size)), _number(at_ms), _grade(grade))
            for seq, size, at_ms, grade in found
        )
        self._bytes = sum(entry.weight for entry in self._waiting)
        self._lost = merged_ranges(LostRange(*gap) for gap in book.lost)
        self._saved_lost = self._lost
        self._acked_seq = self._tidied_seq = 0
        write_copy(self._lock, book)

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
            self._sealed(seq, new) for seq, new in enumerate(batches, start=self.last_seq + 1)
        ]
        added = [Waiting(e[0], weight_of(len(e[5])), e[3], Grade(e[6])) for e in entries]
        excess = self._bytes + sum(entry.weight for entry in added) - self._max_bytes
        shed = to_shed([*self._waiting, *added], excess_bytes=excess)
        gone = {entry.seq for entry in shed}
        lost = merged_ranges([*self._lost, *(LostRange(w.seq, w.seq, "full") for w in shed)])
        last_seq = entries[-1][0] if entries else self.last_seq
        with Transaction(self._file):
            self._file.execute("DELETE FROM batch WHERE seq <= ?", (self._acked_seq,))
            self._file.executemany("DELETE FROM batch WHERE seq = ?", [(w.seq,) for w in shed])
            self._file.executemany(
                "INSERT INTO batch VALUES (?, ?, ?, ?, ?, ?, ?)",
                [entry for entry in entries if entry[0] not in gone],
            )
            book = self._save(last_seq, lost)
        self._note_saved(book, lost)
        self.last_seq = last_seq
        self._waiting.extend(added)
        self._drop(gone, reason="full")

    def make_room(self) -> bool:
        """The disk is full: drop the ballast; whether there was any."""
        dropped = self._ballast.drop()
        self.given_up["ballast_dropped"] += dropped
        return dropped

    def shed_for(self, needed_bytes: int, *, dearest: Grade) -> int:
        """The disk is full: give up batches up to `dearest` for `needed_bytes`; how many went.

        Raises:
            sqlite3.Error: the disk takes not even that.
        """
        shed = to_shed(self._waiting, excess_bytes=needed_bytes, dearest=dearest)
        if shed:
            lost = [*self._lost, *(LostRange(w.seq, w.seq, "disk_full") for w in shed)]
            with Transaction(self._file):
                self._file.executemany("DELETE FROM batch WHERE seq = ?", [(w.seq,) for w in shed])
                book = self._save(self.last_seq, merged_ranges(lost))
            self._note_saved(book, merged_ranges(lost))
            self._drop({entry.seq for entry in shed}, reason="disk_full")
        return len(shed)

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
            book = self._save(self.last_seq, self._lost)
        self._note_saved(book, self._lost)

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
        """Delete from the file what was acknowledged since the last commit; hold ballast again."""
        self._ballast.take_up()
        # An idle gateway writes nothing: every commit wears the flash card.
        if self._tidied_seq == self._acked_seq and self._saved_lost == self._lost:
            return
        with Transaction(self._file):
            self._file.execute("DELETE FROM batch WHERE seq <= ?", (self._acked_seq,))
            book = self._save(self.last_seq, self._lost)
        self._note_saved(book, self._lost)

    def read_after(self, seq: int, *, most: int) -> list[SpooledBatch]:
        """The next waiting batches above `seq`, ascending, at most `most`."""
        found = self._file.execute(
            "SELECT seq, boot_id, clock, spooled_at_ms, checksum, rows, grade FROM batch"
            " WHERE seq > ? ORDER BY seq LIMIT ?",
            (max(seq, self._acked_seq), most),
        )
        return [_unsealed(batch) for batch in found]

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

    def _drop(self, gone: set[int], *, reason: str) -> None:
        """The numbers in `gone` left the file; the sums follow."""
        self._waiting = deque(entry for entry in self._waiting if entry.seq not in gone)
        self._bytes = sum(entry.weight for entry in self._waiting)
        self.given_up[reason] += len(gone)

    def _sealed(self, seq: int, new: NewBatch) -> Batch:
        seal = seal_of_batch(
            new.rows,
            seq=seq,
            boot_id=new.boot_id,
            clock=new.clock,
            spooled_at_ms=new.spooled_at_ms,
            grade=new.grade,
        )
        return (seq, new.boot_id, new.clock, new.spooled_at_ms, seal, new.rows, int(new.grade))

    def _save(self, last_seq: int, lost: list[LostRange]) -> Book:
        """Write the numbers, and the lost ranges when they have changed."""
        gaps = [(gap.from_seq, gap.to_seq, gap.reason) for gap in lost]
        first_seq = max(self._acked_seq + 1, int(self._about["first_seq"]))
        about = {**self._about, "first_seq": str(first_seq), "last_seq": str(last_seq)}
        about["seal"] = seal_of_book(about, gaps)
        book = Book(about, gaps)
        write_book(self._file, book, with_lost=lost != self._saved_lost)
        return book

    def _note_saved(self, book: Book, lost: list[LostRange]) -> None:
        """The commit has come back: what it said is what the file says."""
        self._about = book.about
        self._lost = self._saved_lost = lost
        self._tidied_seq = self._acked_seq
        write_copy(self._lock, book)


def _unsealed(batch: Batch) -> SpooledBatch:
    """The batch when it is what was sealed, else one without rows."""
    seq, boot_id, clock, at_ms, seal, rows, grade = batch
    if isinstance(rows, bytes) and seal == seal_of_batch(
        rows, seq=seq, boot_id=boot_id, clock=clock, spooled_at_ms=at_ms, grade=grade
    ):
        return SpooledBatch(seq, boot_id, _CLOCKS[clock], at_ms, rows, _grade(grade))
    return SpooledBatch(seq, "", "free", 0, None)


def _number(value: object) -> int:
    """A column that a flipped byte may have made anything."""
    return value if isinstance(value, int) else 0


def _grade(value: object) -> Grade:
    return Grade(value) if isinstance(value, int) and value in set(Grade) else Grade.WINDOWS
