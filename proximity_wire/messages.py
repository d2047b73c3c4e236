"""Versioned JSON codec of every MQTT payload: sightings, health, state, acknowledgement.

Objects at the top, rows as arrays (a sighting is repeated thousands of times, its field
names need not be). Decoding is strict: no text where a number stands, no value out of
range. Fields are only ever appended with a default, so golden files of earlier versions
decode for ever, and an older reader ignores what a newer writer appended.

`sent_at_ms` is stamped when the batch is handed to the broker, on every try anew: what an
outage delayed arrives as history with a fresh stamp, never as a moment that seems to be now.
By the clock of a feed it is a promise as well: all up to it is told, with this batch and those
before it.
"""

import re
from typing import Annotated, Final, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType, field

from proximity_wire.errors import MessageError

MAX_PAYLOAD_BYTES = 64 * 1024
MAX_ROWS = 2_000

# 2000-01-01 .. 2100-01-01: an instant outside is a clock that was never set.
EpochMs = Annotated[int, Meta(ge=946_684_800_000, le=4_102_444_800_000)]
# \Z, not $: a dollar also matches before a line feed at the end.
Name = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,31}\Z")]
Hex32 = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]
RssiDbm = Annotated[float, Meta(ge=-127, le=20)]
Seq = Annotated[int, Meta(ge=1, le=2**63 - 1)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
# Names of counters become labels of metrics and words in logs: bounded in form and number.
CounterName = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,40}\Z")]

Kind = Literal["eid", "token", "uid", "ibeacon", "altbeacon"]
Band = Literal["immediate", "near", "far"]
ClockQuality = Literal["synced", "free", "unset", "event"]


class SightingRow(Struct, array_like=True, frozen=True):
    """What a gateway claims about one identity in one window.

    `identity` is lower hex (eid and token 16 digits, uid 32, altbeacon 40) or
    `uuid:major:minor`. Times are UTC milliseconds; `measured_power_dbm` is the advert's own
    statement of its power at 1 m; `band` is a hint, the server decides.
    """

    kind: Kind
    identity: Annotated[str, Meta(min_length=16, max_length=52, pattern=r"^[0-9a-f:-]+\Z")]
    first_at_ms: EpochMs
    last_at_ms: EpochMs
    count: Annotated[int, Meta(ge=1, le=1_000_000)]
    rssi_mean_dbm: RssiDbm
    rssi_max_dbm: RssiDbm
    measured_power_dbm: Annotated[int, Meta(ge=-127, le=20)] | None = None
    band: Band | None = None
    extras: Annotated[dict[CounterName, float], Meta(max_length=16)] | None = None


class LostRange(Struct, array_like=True, frozen=True):
    """Sequence numbers that will never arrive, and why: so that gaps are explained."""

    from_seq: Seq
    to_seq: Seq
    reason: Annotated[str, Meta(pattern=r"^[a-z_]{1,32}\Z")]


class ForeignCount(Struct, array_like=True, frozen=True):
    """Foreign devices around a gateway in one period, as counts; only where the shop asked for it.

    `devices` is an estimate of different addresses, `adverts` are counts by family.
    """

    from_at_ms: EpochMs
    to_at_ms: EpochMs
    devices: Count
    adverts: Annotated[dict[CounterName, Count], Meta(max_length=16)]


class SightingBatch(Struct, frozen=True, kw_only=True):
    """Everything one gateway claims at once; its key is (gateway, spool_id, seq).

    `spool_id` is minted with the spool file, not at boot. `lost` states what was shed before
    this batch. A `probe` comes from no spool: it asks whether the server acknowledges, is
    acknowledged, and counts as nothing.
    """

    v: Literal[1] = 1
    org: Name
    store: Name
    gateway: Name
    spool_id: Hex32
    seq: Seq
    boot_id: Hex32
    sent_at_ms: EpochMs
    clock: ClockQuality
    traceparent: Annotated[str, Meta(max_length=55)] | None = None
    lost: Annotated[list[LostRange], Meta(max_length=1_000)] = field(default_factory=list)
    rows: Annotated[list[SightingRow], Meta(max_length=MAX_ROWS)] = field(default_factory=list)
    foreign: Annotated[list[ForeignCount], Meta(max_length=16)] = field(default_factory=list)
    probe: bool | UnsetType = UNSET


class Ack(Struct, frozen=True, kw_only=True):
    """The server's word, after its commit: all up to `through_seq` may be forgotten.

    `quarantined` names sequence numbers that were taken but refused; they are not to be sent
    again either.
    """

    v: Literal[1] = 1
    spool_id: Hex32
    through_seq: Annotated[int, Meta(ge=0, le=2**63 - 1)]
    quarantined: Annotated[list[Seq], Meta(max_length=10_000)] = field(default_factory=list)


class GatewayState(Struct, frozen=True, kw_only=True):
    """Retained on `up/state`; the last will says `online=False`.

    `confirmed` tells whether the configuration `config_version` has proven itself;
    `refused_version` is the newest that was tried and rolled back, 0 for none.
    """

    v: Literal[1] = 1
    org: Name
    store: Name
    gateway: Name
    online: bool
    boot_id: Hex32
    config_version: Count = 0
    confirmed: bool = True
    refused_version: Count = 0


class GatewayConfig(Struct, frozen=True, kw_only=True):
    """Retained on `down/config`: what the server wants of one gateway; null leaves its file's word.

    A gateway takes a `version` above all it knows, tries it, and keeps it once it is connected
    and hears; else it goes back to the one before by itself.
    """

    v: Literal[1] = 1
    org: Name
    store: Name
    gateway: Name
    version: Annotated[int, Meta(ge=1, le=2**53)]
    window_s: Annotated[float, Meta(ge=0.5, le=60)] | None = None
    forget_s: Annotated[float, Meta(ge=1, le=3600)] | None = None
    counting: bool | None = None
    silent_after_s: Annotated[float, Meta(ge=5, le=3600)] | None = None
    health_interval_s: Annotated[float, Meta(ge=1, le=3600)] | None = None
    log_level: Literal["debug", "info", "warning", "error"] | None = None


class ScreenMessage(Struct, frozen=True, kw_only=True):
    """Retained on `screens/{screen}`: what an in-store screen shows until `expires_at_ms`.

    Everybody in the shop can read it, so it names nobody and carries no coupon. A screen that
    starts later finds it retained and looks at the time first; a newer one takes its place.
    """

    v: Literal[1] = 1
    org: Name
    store: Name
    screen: Name
    notification: Annotated[str, Meta(min_length=1, max_length=64)]
    title: Annotated[str, Meta(max_length=200)]
    body: Annotated[str, Meta(max_length=1_000)]
    shown_at_ms: EpochMs
    expires_at_ms: EpochMs


class Health(Struct, frozen=True, kw_only=True):
    """How a gateway is, every 15 s. Counters count since boot; an operator reads rates from two."""

    v: Literal[1] = 1
    org: Name
    store: Name
    gateway: Name
    boot_id: Hex32
    sent_at_ms: EpochMs
    clock: ClockQuality
    uptime_s: Annotated[float, Meta(ge=0)]
    version: Annotated[str, Meta(max_length=40)]
    adverts: Count
    adverts_per_s: Annotated[float, Meta(ge=0)]
    frames: Annotated[dict[CounterName, Count], Meta(max_length=64)] = field(default_factory=dict)
    dropped: Annotated[dict[CounterName, Count], Meta(max_length=64)] = field(default_factory=dict)
    live_identities: Count = 0
    spool_id: Hex32 | None = None
    emitted_batches: Count = 0
    acked_batches: Count = 0
    queued_batches: Count = 0
    oldest_queued_s: Annotated[float, Meta(ge=0)] = 0.0
    connects: Count = 0
    takeovers: Count = 0
    rss_mb: Annotated[float, Meta(ge=0)] | None = None
    cpu_temperature_c: float | None = None
    clock_offset_ms: float | None = None
    restarts: Count = 0
    versions: Annotated[
        dict[CounterName, Annotated[str, Meta(max_length=40)]], Meta(max_length=16)
    ] = field(default_factory=dict)
    scanner_state: CounterName | None = None
    scanner_restarts: Count = 0
    adapter_resets: Count = 0


Message = SightingBatch | Ack | GatewayState | GatewayConfig | ScreenMessage | Health
M = TypeVar("M", SightingBatch, Ack, GatewayState, GatewayConfig, ScreenMessage, Health)

_IDENTITY_SHAPE: Final[dict[Kind, re.Pattern[str]]] = {
    "eid": re.compile(r"[0-9a-f]{16}"),
    "token": re.compile(r"[0-9a-f]{16}"),
    "uid": re.compile(r"[0-9a-f]{32}"),
    "altbeacon": re.compile(r"[0-9a-f]{40}"),
    "ibeacon": re.compile(
        r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
        r":(0|[1-9][0-9]{0,4}):(0|[1-9][0-9]{0,4})"
    ),
}
# msgspec quotes the offending value here, and nowhere else. Greedy up to the path at the very
# end, because the value may contain anything, also what looks like a path.
_QUOTED_VALUE = re.compile(
    r"Invalid enum value .*(?= - at `\$[^`]*`\Z)|Invalid enum value .*", re.S
)

_ENCODER = msgspec.json.Encoder()
_DECODERS: dict[type, msgspec.json.Decoder[object]] = {
    kind: msgspec.json.Decoder(kind, strict=True)
    for kind in (SightingBatch, Ack, GatewayState, GatewayConfig, ScreenMessage, Health)
}


def encode(message: Message) -> bytes:
    """The payload of `message`."""
    return _ENCODER.encode(message)


def decode(payload: bytes, kind: type[M]) -> M:
    """The message of `kind` that `payload` carries.

    Raises:
        MessageError: too large, not JSON, nested too deep, another version, a field missing or
            out of range; the text says which field, and never repeats the payload.
    """
    if len(payload) > MAX_PAYLOAD_BYTES:
        raise MessageError(
            f"{kind.__name__} has {len(payload)} bytes; at most {MAX_PAYLOAD_BYTES} are taken"
        )
    try:
        message = _DECODERS[kind].decode(payload)
    except UnicodeDecodeError:
        raise MessageError(f"{kind.__name__}: a text is not UTF-8") from None
    except RecursionError:
        raise MessageError(f"{kind.__name__}: nested too deep") from None
    except msgspec.MsgspecError as error:
        reason = _QUOTED_VALUE.sub("Value is none of those allowed", str(error))
        raise MessageError(f"{kind.__name__}: {reason}") from None
    assert isinstance(message, kind)
    if isinstance(message, SightingBatch):
        _check_batch(message)
    return message


def _check_batch(batch: SightingBatch) -> None:
    for number, row in enumerate(batch.rows):
        if row.last_at_ms < row.first_at_ms:
            raise MessageError(f"SightingBatch: rows[{number}] ends before it begins")
        if row.rssi_max_dbm < row.rssi_mean_dbm - 0.05:
            raise MessageError(f"SightingBatch: rows[{number}] has a mean above its maximum")
        if not _IDENTITY_SHAPE[row.kind].fullmatch(row.identity):
            raise MessageError(f"SightingBatch: rows[{number}] has an identity of another kind")
    for number, lost in enumerate(batch.lost):
        if not lost.from_seq <= lost.to_seq < batch.seq:
            raise MessageError(
                f"SightingBatch: lost[{number}] must run upwards and end before seq {batch.seq}"
            )


def band_of(rssi_max_dbm: float, measured_power_dbm: int | None) -> Band | None:
    """How near, as a hint: immediate above -6 dB of the measured power, near above -20, else far.

    Source: the bands of the iBeacon ranging model; docs/wire_formats.md, `band`.
    """
    if measured_power_dbm is None:
        return None
    excess_db = rssi_max_dbm - measured_power_dbm
    if excess_db > -6:
        return "immediate"
    return "near" if excess_db > -20 else "far"
