"""Golden messages decode for ever; what breaks the contract is refused, and never repeated."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.errors import MessageError
from proximity_wire.messages import (
    MAX_PAYLOAD_BYTES,
    MAX_ROWS,
    Ack,
    GatewayConfig,
    GatewayState,
    Health,
    ScreenMessage,
    SightingBatch,
    SightingRow,
    band_of,
    decode,
    encode,
)
from tests.proximity_wire.builders import a_payload, a_row, golden

GOLDEN: list[tuple[str, Any]] = [
    ("sighting_batch", SightingBatch),
    ("sighting_batch_empty", SightingBatch),
    ("ack", Ack),
    ("gateway_state", GatewayState),
    ("gateway_config", GatewayConfig),
    ("screen_message", ScreenMessage),
    ("health", Health),
]
every_golden = pytest.mark.parametrize(("name", "kind"), GOLDEN)


@every_golden
def test_a_golden_message_of_version_1_decodes(name: str, kind: Any) -> None:
    message = decode(golden(name), kind)

    stated = json.loads(golden(name))
    said = json.loads(encode(message))
    for field in stated.keys() - {"rows"}:
        assert said[field] == stated[field], field


@every_golden
def test_what_is_encoded_decodes_to_the_same(name: str, kind: Any) -> None:
    message = decode(golden(name), kind)

    assert decode(encode(message), kind) == message


def test_rows_of_the_golden_batch_keep_every_column() -> None:
    first, *_, last = decode(golden("sighting_batch"), SightingBatch).rows

    assert first == SightingRow(
        kind="eid",
        identity="436bfe57d5a09505",
        first_at_ms=1767607200000,
        last_at_ms=1767607200900,
        count=9,
        rssi_mean_dbm=-63.5,
        rssi_max_dbm=-60.0,
        measured_power_dbm=-59,
        band="immediate",
    )
    assert (last.kind, last.band, last.extras) == ("altbeacon", "far", None)


@every_golden
def test_fields_that_a_later_version_appends_are_ignored(name: str, kind: Any) -> None:
    stated = json.loads(golden(name))
    later = stated | {"appended": {"deep": [1, {"x": None}]}}
    if stated.get("rows"):
        later["rows"] = [[*(row + [None] * 10)[:10], "appended"] for row in stated["rows"]]

    assert decode(json.dumps(later).encode(), kind) == decode(golden(name), kind)


@pytest.mark.parametrize(
    ("at_1m", "rssi", "band"),
    [
        (-59, -64.9, "immediate"),
        (-59, -65, "near"),
        (-59, -78.9, "near"),
        (-59, -79, "far"),
        (None, -40, None),
    ],
)
def test_a_band_follows_the_excess_over_measured_power(
    at_1m: int | None, rssi: float, band: str | None
) -> None:
    assert band_of(rssi, at_1m) == band


_BROKEN: list[tuple[str, Callable[[], bytes], str]] = [
    ("nothing", lambda: b"", "truncated"),
    ("no JSON", lambda: b"hello", "malformed"),
    ("half of it", lambda: a_payload()[:-9], "truncated"),
    ("two of them", lambda: a_payload() * 2, "trailing"),
    ("an array", lambda: b"[]", "Expected `object`"),
    ("not UTF-8", lambda: a_payload(org="@").replace(b"@", b"\xff"), "not UTF-8"),
    ("NaN", lambda: a_payload(rows=[a_row(rssi_mean_dbm=float("nan"))]), "malformed"),
    ("infinity", lambda: a_payload(seq=7).replace(b'"seq": 7', b'"seq": 1e999'), r"\$\.seq"),
    ("text for a number", lambda: a_payload(seq="1"), r"got `str` - at `\$\.seq`"),
    ("a float for a count", lambda: a_payload(rows=[a_row(count=1.5)]), r"\$\.rows\[0\]\[4\]"),
    ("another version", lambda: a_payload(v=2), r"none of those allowed - at `\$\.v`"),
    ("a missing field", lambda: a_payload(without="spool_id"), "required field `spool_id`"),
    ("a name with a dot", lambda: a_payload(gateway="gw.1"), r"\$\.gateway"),
    ("a name with a line feed", lambda: a_payload(org="acme\n"), r"\$\.org"),
    ("a clock of 1970", lambda: a_payload(sent_at_ms=1), r"\$\.sent_at_ms"),
    ("seq 0", lambda: a_payload(seq=0), r"\$\.seq"),
    ("seq beyond 63 bits", lambda: a_payload(seq=2**63), r"\$\.seq"),
    ("an RSSI nobody hears", lambda: a_payload(rows=[a_row(rssi_max_dbm=99)]), r"\[0\]\[6\]"),
    ("a row that ends early", lambda: a_payload(rows=[a_row(last_at_ms=1767607100000)]), "ends"),
    ("a mean above the maximum", lambda: a_payload(rows=[a_row(rssi_mean_dbm=-20)]), "mean above"),
    ("a uid named eid", lambda: a_payload(rows=[a_row(identity="0" * 32)]), "another kind"),
    ("upper case", lambda: a_payload(rows=[a_row(identity="A" * 16)]), r"\[0\]\[1\]"),
    ("loss of the future", lambda: a_payload(seq=5, lost=[[4, 5, "shed"]]), r"lost\[0\] must"),
    ("loss backwards", lambda: a_payload(seq=5, lost=[[3, 2, "shed"]]), r"lost\[0\] must"),
    ("too many rows", lambda: a_payload(rows=[[]] * (MAX_ROWS + 1)), r"\$\.rows"),
    ("too large", lambda: b" " * (MAX_PAYLOAD_BYTES + 1), "65537 bytes; at most 65536"),
    ("nested deep", lambda: b'{"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "too deep"),
]


@pytest.mark.parametrize(
    ("payload", "named"), [row[1:] for row in _BROKEN], ids=[row[0] for row in _BROKEN]
)
def test_a_broken_batch_is_refused_by_name(payload: Callable[[], bytes], named: str) -> None:
    with pytest.raises(MessageError, match=named):
        decode(payload(), SightingBatch)


SECRET = "0badc0de0badc0de"


@pytest.mark.parametrize(
    "payload",
    [
        a_payload(clock=SECRET),
        a_payload(clock=SECRET + " - at `$.org`"),
        a_payload(clock=SECRET + "\n" + SECRET),
        a_payload(v=SECRET),
        a_payload(org=SECRET + "!"),
        a_payload(traceparent=SECRET * 9),
        a_payload(rows=[a_row(kind=SECRET)]),
        a_payload(rows=[a_row(kind="uid", identity=SECRET)]),
        a_payload(rows=[a_row(band=SECRET)]),
        a_payload(rows=[a_row(extras={SECRET: SECRET})]),
        a_payload(rows=[a_row(extras={SECRET + "!": 1})]),
        a_payload(lost=[[1, 1, SECRET]]),
        a_payload() + SECRET.encode(),
        json.dumps({SECRET: SECRET}).encode(),
    ],
)
def test_a_refusal_never_repeats_the_payload(payload: bytes) -> None:
    with pytest.raises(MessageError) as caught:
        decode(payload, SightingBatch)

    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "frames",
    [{"x" * 41: 1}, {"a b": 1}, {"eid": -1}, {f"k{n}": 1 for n in range(65)}],
)
def test_counters_are_bounded_in_name_and_number(frames: dict[str, int]) -> None:
    health = json.loads(golden("health")) | {"frames": frames}

    with pytest.raises(MessageError, match=r"\$\.frames"):
        decode(json.dumps(health).encode(), Health)


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(payload: bytes) -> None:
    for _, kind in GOLDEN:
        with contextlib.suppress(MessageError):
            decode(payload, kind)


@given(
    st.binary(min_size=16, max_size=16),
    st.integers(0, 2**63 - 1),
    st.lists(st.integers(1, 2**63 - 1)),
)
def test_any_ack_within_the_contract_survives(
    spool: bytes, through_seq: int, quarantined: list[int]
) -> None:
    ack = Ack(spool_id=spool.hex(), through_seq=through_seq, quarantined=quarantined)

    assert decode(encode(ack), Ack) == ack
