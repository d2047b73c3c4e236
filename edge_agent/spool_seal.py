"""Seals of what lies in the spool: CRC-32 over every column, so that no flipped bit goes unnoticed.

A batch's seal covers its number and circumstances beside its rows: rows under another number would
be a sighting that nobody made, told without a trace.
"""

import zlib
from collections.abc import Iterable, Mapping


def seal_of_batch(
    rows: bytes, *, seq: int, boot_id: str, clock: str, spooled_at_ms: int, grade: int
) -> int:
    """The seal of one batch."""
    return zlib.crc32(rows, zlib.crc32(f"{seq} {boot_id} {clock} {spooled_at_ms} {grade}".encode()))


def seal_of_book(about: Mapping[str, str], lost: Iterable[tuple[int, int, str]]) -> str:
    """The seal of the ids, the last number and the lost ranges."""
    named = ("format", "spool_id", "client_suffix", "first_seq", "last_seq")
    text = " ".join(about[name] for name in named) + repr(sorted(tuple(gap) for gap in lost))
    return str(zlib.crc32(text.encode()))
