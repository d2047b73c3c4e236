"""From sighting rows to encoded batches that fit into one MQTT payload.

A broker on MQTT 3.1.1 answers an oversize publish by dropping the connection, again and again;
so a batch is cut long before `MAX_PAYLOAD_BYTES`. The rest of the payload is for the lost ranges.
"""

import msgspec
from msgspec import Struct

from edge_agent.shedding import Grade
from edge_agent.spool import SpooledBatch
from edge_agent.windows import FirstSighting
from proximity_wire.errors import MessageError
from proximity_wire.messages import (
    ForeignCount,
    LostRange,
    SightingBatch,
    SightingRow,
    decode,
    encode,
)

MOST_ROWS = 250
MOST_ROWS_BYTES = 40_000
MOST_LOST_RANGES = 200

_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(list[SightingRow])


class _Counts(Struct, frozen=True):
    """What lies in the spool in place of rows: an object, so it is told apart by its first byte."""

    foreign: list[ForeignCount]


_COUNTS_DECODER = msgspec.json.Decoder(_Counts)


def encode_rows(rows: list[SightingRow]) -> list[bytes]:
    """`rows` as JSON arrays, each small enough for one batch; no rows give one empty array."""
    encoded = []
    for start in range(0, max(len(rows), 1), MOST_ROWS):
        encoded += _cut(rows[start : start + MOST_ROWS], most_bytes=MOST_ROWS_BYTES)
    return encoded


def encode_foreign(count: ForeignCount) -> bytes:
    """One count of foreign devices, as a batch of its own lies in the spool."""
    return _ENCODER.encode(_Counts([count]))


def grade_of(rows: list[SightingRow]) -> Grade:
    """How dear a batch of `rows` is when something must be given up."""
    first = any(isinstance(row, FirstSighting) for row in rows)
    return Grade.FIRST if first else Grade.WINDOWS


def split_rows(encoded: bytes, *, most_payload_bytes: int) -> list[bytes]:
    """The rows of a batch in pieces for a broker of smaller packets; none when they cannot be."""
    # A third is for lost ranges, and the head of a batch takes up to 400 bytes.
    most_bytes = most_payload_bytes * 2 // 3 - 400
    pieces = _cut(_DECODER.decode(encoded), most_bytes=most_bytes)
    fits = len(pieces) > 1 and max(map(len, pieces)) <= most_bytes
    return pieces if fits else []


def _cut(rows: list[SightingRow], *, most_bytes: int) -> list[bytes]:
    whole = _ENCODER.encode(rows)
    if len(whole) <= most_bytes or len(rows) < 2:
        return [whole]
    half = len(rows) // 2
    return _cut(rows[:half], most_bytes=most_bytes) + _cut(rows[half:], most_bytes=most_bytes)


def batch_payload(
    spooled: SpooledBatch,
    *,
    org: str,
    store: str,
    gateway: str,
    spool_id: str,
    sent_at_ms: int,
    lost: list[LostRange],
) -> bytes | None:
    """The MQTT payload of one spooled batch, or None when the server could not decode it.

    It is read back as the server would: what left here undecodable would come back as an
    acknowledgement that never arrives.
    """
    if spooled.rows is None:
        return None
    counts_only = spooled.rows.startswith(b"{")
    try:
        batch = SightingBatch(
            org=org,
            store=store,
            gateway=gateway,
            spool_id=spool_id,
            seq=spooled.seq,
            boot_id=spooled.boot_id,
            sent_at_ms=sent_at_ms,
            clock=spooled.clock,
            lost=lost,
            rows=[] if counts_only else _DECODER.decode(spooled.rows),
            foreign=_COUNTS_DECODER.decode(spooled.rows).foreign if counts_only else [],
        )
        payload = encode(batch)
        decode(payload, SightingBatch)
    except (msgspec.MsgspecError, MessageError):
        return None
    return payload
