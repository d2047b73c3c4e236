"""Batches read from the raw pages of a damaged SQLite file, whatever became of its tree.

A flipped byte in an inner page hides all that lies below it, one in the write-ahead log hides
every later commit, and SQLite then speaks of the whole file. The batches lie in leaf pages (type
0D), big ones in a chain of overflow pages; each is found, put together and believed only
when its seal fits.

Source: sqlite.org/fileformat2.html, sections 1.6, 2.1 and 4.1.
"""

import struct
from collections.abc import Callable, Iterator

from edge_agent.spool_seal import seal_of_batch

Batch = tuple[int, str, str, int, int, bytes, int]
Page = Callable[[int], bytes]

PAGE_BYTES = 4096
_LEAF = 0x0D
_MOST_PAYLOAD_BYTES = 1_000_000
_MOST_LOCAL = PAGE_BYTES - 35
_LEAST_LOCAL = (PAGE_BYTES - 12) * 32 // 255 - 23
_INTEGER_BYTES = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
_LOG_HEAD_BYTES, _FRAME_HEAD_BYTES = 32, 24


def pages_of_log(log: bytes) -> dict[int, bytes]:
    """The newest page of each number in a write-ahead log, checksums not asked."""
    frame_bytes = _FRAME_HEAD_BYTES + PAGE_BYTES
    frames = range(_LOG_HEAD_BYTES, len(log) - frame_bytes + 1, frame_bytes)
    # Frames of an earlier round of the log have other salts.
    salts = log[16:24]
    if frames and not any(log[at + 8 : at + 16] == salts for at in frames):
        salts = log[_LOG_HEAD_BYTES + 8 : _LOG_HEAD_BYTES + 16]
    return {
        int.from_bytes(log[at : at + 4], "big"): log[at + _FRAME_HEAD_BYTES : at + frame_bytes]
        for at in frames
        if log[at + 8 : at + 16] == salts
    }


def sealed_batches(numbers: Iterator[int] | range, page: Page) -> dict[int, Batch]:
    """Every batch whose seal fits, by its number.

    Args:
        numbers: the pages to look at, from 1.
        page: gives the bytes of one page; empty beyond the end.
    """
    found: dict[int, Batch] = {}
    for number in numbers:
        leaf = page(number)
        if len(leaf) != PAGE_BYTES or leaf[0] != _LEAF:
            continue
        for place in range(min(int.from_bytes(leaf[3:5], "big"), PAGE_BYTES // 4)):
            at = int.from_bytes(leaf[8 + 2 * place : 10 + 2 * place], "big")
            try:
                batch = _batch_at(leaf, at, page)
            except (IndexError, ValueError, struct.error):
                continue
            if batch is not None:
                found[batch[0]] = batch
    return found


def _batch_at(leaf: bytes, at: int, page: Page) -> Batch | None:
    size, at = _varint(leaf, at)
    seq, at = _varint(leaf, at)
    if not 0 < size <= _MOST_PAYLOAD_BYTES:
        return None
    match _columns(_payload(leaf, at, size, page)):
        case [None, str(boot_id), str(clock), int(at_ms), int(seal), bytes(rows), int(grade)]:
            fits = seal == seal_of_batch(
                rows, seq=seq, boot_id=boot_id, clock=clock, spooled_at_ms=at_ms, grade=grade
            )
            return (seq, boot_id, clock, at_ms, seal, rows, grade) if fits else None
    return None


def _payload(leaf: bytes, at: int, size: int, page: Page) -> bytes:
    """The `size` bytes of a record that begins in `leaf` and may go on in overflow pages."""
    if size <= _MOST_LOCAL:
        return leaf[at : at + size]
    local = _LEAST_LOCAL + (size - _LEAST_LOCAL) % (PAGE_BYTES - 4)
    local = local if local <= _MOST_LOCAL else _LEAST_LOCAL
    parts = [leaf[at : at + local]]
    left = size - local
    following = int.from_bytes(leaf[at + local : at + local + 4], "big")
    while left > 0:
        chained = page(following)
        if len(chained) != PAGE_BYTES:
            raise ValueError("overflow page is missing")
        following = int.from_bytes(chained[:4], "big")
        parts.append(chained[4 : 4 + min(left, PAGE_BYTES - 4)])
        left -= PAGE_BYTES - 4
    return b"".join(parts)


def _columns(record: bytes) -> list[object]:
    head, at = _varint(record, 0)
    kinds = []
    while at < head:
        kind, at = _varint(record, at)
        kinds.append(kind)
    values: list[object] = []
    for kind in kinds:
        if kind in (0, 8, 9):
            values.append(None if kind == 0 else kind - 8)
            continue
        size = _INTEGER_BYTES.get(kind, (kind - 12) // 2)
        raw = record[at : at + size]
        at += size
        if kind <= 6:
            values.append(int.from_bytes(raw, "big", signed=True))
        else:
            values.append(raw.decode() if kind % 2 else raw)
    return values


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | data[at + 8], at + 9
