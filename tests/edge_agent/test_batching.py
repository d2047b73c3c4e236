"""Batching: every batch fits into one payload."""

import pytest

from edge_agent.batching import (
    MOST_LOST_RANGES,
    batch_payload,
    encode_foreign,
    encode_rows,
    grade_of,
)
from edge_agent.shedding import Grade
from edge_agent.spool import SpooledBatch
from edge_agent.windows import WindowTable
from proximity_wire.messages import (
    MAX_PAYLOAD_BYTES,
    ForeignCount,
    LostRange,
    SightingBatch,
    SightingRow,
    decode,
)
from tests.edge_agent.builders import BOOT_ID, NOON_MS, a_row, an_advert


def a_payload(rows: bytes | None, lost: list[LostRange] | None = None) -> bytes | None:
    return batch_payload(
        SpooledBatch(10_000, BOOT_ID, "free", NOON_MS, rows),
        org="o" * 32,
        store="s" * 32,
        gateway="g" * 32,
        spool_id="a" * 32,
        sent_at_ms=NOON_MS,
        lost=lost or [],
    )


def test_no_rows_still_make_one_batch() -> None:
    assert encode_rows([]) == [b"[]"]


@pytest.mark.parametrize("count", [1, 250, 251, 2_000])
def test_the_largest_batches_fit_and_lose_no_row(count: int) -> None:
    rows = [
        SightingRow(
            kind="ibeacon",
            identity="e4b06ce6-0741-c7a8-7ce4-2c8218072e8c:65535:65535",
            first_at_ms=NOON_MS + number,
            last_at_ms=NOON_MS + number,
            count=1_000_000,
            rssi_mean_dbm=-100.33,
            rssi_max_dbm=-100,
            measured_power_dbm=-100,
            band="immediate",
            extras={"number": float(number)},
        )
        for number in range(count)
    ]
    lost = [LostRange(2 * n + 1, 2 * n + 1, "disk_full") for n in range(MOST_LOST_RANGES)]

    payloads = [a_payload(chunk, lost) for chunk in encode_rows(rows)]

    assert all(payload and len(payload) < MAX_PAYLOAD_BYTES for payload in payloads)
    read = [row for payload in payloads for row in decode(payload or b"", SightingBatch).rows]
    assert read == rows


@pytest.mark.parametrize("rows", [None, b"", b"{}", b"[[1]]", b'[["eid","short",1,1,1,1,1]]'])
def test_what_the_server_could_not_decode_is_not_sent(rows: bytes | None) -> None:
    assert a_payload(rows) is None


def test_a_sound_batch_carries_its_circumstances() -> None:
    payload = a_payload(encode_rows([a_row()])[0])

    batch = decode(payload or b"", SightingBatch)

    assert (batch.seq, batch.boot_id, batch.clock) == (10_000, BOOT_ID, "free")


def test_a_count_of_foreign_devices_is_a_batch_without_rows() -> None:
    count = ForeignCount(NOON_MS, NOON_MS + 900_000, 12, {"microsoft": 30})
    spooled = SpooledBatch(3, BOOT_ID, "free", NOON_MS, encode_foreign(count), Grade.FOREIGN)

    payload = batch_payload(
        spooled, org="a", store="s", gateway="g", spool_id="0" * 32, sent_at_ms=NOON_MS, lost=[]
    )

    assert payload is not None
    batch = decode(payload, SightingBatch)
    assert (batch.rows, batch.foreign) == ([], [count])


def test_a_batch_with_a_first_sighting_is_dear() -> None:
    table = WindowTable(window_ms=1000, forget_ms=10_000, most=9)
    voice = table.voice(("eid", "0" * 16), measured_power_dbm=None)
    for at_ms in (0, 100):
        table.hear(voice, an_advert(NOON_MS + at_ms))

    assert grade_of(table.take_due()) is Grade.FIRST
    assert grade_of(table.close_all()) is Grade.WINDOWS
