"""What is saved of a damaged spool: every batch whose seal fits, and the book of its numbers.

The book (ids, first and last number, lost ranges) lies in the file and, after each commit, in the
lock file beside it. With it a number is never used twice, and one that could not be read is
declared lost. Should neither copy be readable, a new spool begins and what was saved gets new
numbers: the server may then see a batch twice, but none gets lost without a word.
"""

import json
import mmap
import os
from pathlib import Path
from typing import NamedTuple

from edge_agent.shedding import merged_ranges
from edge_agent.spool_pages import PAGE_BYTES, Batch, pages_of_log, sealed_batches
from edge_agent.spool_seal import seal_of_book
from proximity_wire.messages import LostRange

Gaps = list[tuple[int, int, str]]
_MOST_BOOK_BYTES = 4_000_000


class Book(NamedTuple):
    """Ids, first and last number, and lost ranges of a spool."""

    about: dict[str, str]
    lost: Gaps

    @property
    def last_seq(self) -> int:
        """The last number that was given out."""
        return int(self.about["last_seq"])


class Saved(NamedTuple):
    """What a new file begins with; `book` is None when the numbers are not known."""

    book: Book | None
    batches: list[Batch]
    damaged: int


def write_copy(lock: int, book: Book) -> None:
    """Write the copy of the book into the lock file; not flushed: a kill does not lose it."""
    text = json.dumps([book.about, book.lost]).encode()
    os.pwrite(lock, text, 0)
    os.ftruncate(lock, len(text))


def read_copy(lock: int) -> Book | None:
    """The copy of the book, or None when there is none whose seal fits."""
    try:
        about, lost = json.loads(os.pread(lock, _MOST_BOOK_BYTES, 0))
        book = Book(dict(about), [(int(low), int(high), str(why)) for low, high, why in lost])
        fits = about["seal"] == seal_of_book(book.about, book.lost)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return book if fits else None


def save_what_fits(path: Path, *, log: bytes, book: Book | None) -> Saved:
    """Read the raw file at `path` with its write-ahead `log`.

    Raises:
        OSError: the disk does not give the file.
    """
    found = _raw_batches(path, log)
    if book is None:
        return Saved(None, [found[seq] for seq in sorted(found)], 0)
    first = int(book.about["first_seq"])
    last = max([book.last_seq, *found])
    told = {seq for low, high, _ in book.lost for seq in range(low, high + 1)}
    # Pages of forgotten batches keep their bytes until they are used again.
    batches = [found[seq] for seq in sorted(found) if seq >= first and seq not in told]
    kept = {batch[0] for batch in batches} | told
    gaps = [LostRange(seq, seq, "damaged") for seq in range(first, last + 1) if seq not in kept]
    lost = merged_ranges([*(LostRange(*gap) for gap in book.lost), *gaps])
    about = {**book.about, "last_seq": str(last)}
    return Saved(
        Book(about, [(gap.from_seq, gap.to_seq, gap.reason) for gap in lost]), batches, len(gaps)
    )


def _raw_batches(path: Path, log: bytes) -> dict[int, Batch]:
    newest = pages_of_log(log)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if not size:
            return sealed_batches(
                range(1, max(newest, default=0) + 1), lambda n: newest.get(n, b"")
            )
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:

            def page(number: int) -> bytes:
                start = (number - 1) * PAGE_BYTES
                return newest.get(number) or raw[max(0, start) : max(0, start + PAGE_BYTES)]

            pages = min(max(size // PAGE_BYTES, *newest, 0), size // PAGE_BYTES + len(newest))
            return sealed_batches(range(1, pages + 1), page)
