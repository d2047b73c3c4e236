"""Recorded adverts: our JSONL, and the text of `hcidump --raw`.

JSONL: one object a line with `heard_at_ms`, `address`, `ad_hex`, `rssi_dbm`; more fields are
passed over, so what `edge-agent listen --json` prints is a recording.

hcidump: packets begin with `> ` (from the controller) or `< ` (to it), continue on indented
lines, and are HCI packets in hex. Of interest is the LE Advertising Report:

    04 3E len 02 reports, then per report: type, address type, address (6, little endian),
    length, data (length), rssi (signed)

and its successor since Bluetooth 5, the extended report (subevent 0D). Such text carries no
times: packets are given times 10 ms apart.

Source: Bluetooth Core 5.4, Vol 4 Part E, 7.7.65.2 and 7.7.65.13.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec
from msgspec import Struct

from edge_agent.advert import Advert
from proximity_wire.messages import EpochMs

_EVENT = 0x04
_LE_META = 0x3E
_REPORT = 0x02
_EXTENDED_REPORT = 0x0D
_PACKET_STEP_MS = 10
# Where times are not recorded: 2000-01-01, the least instant that the wire takes.
_NO_TIME_MS = 946_684_800_000


class _Line(Struct, frozen=True):
    heard_at_ms: EpochMs
    address: str
    ad_hex: str
    rssi_dbm: int


_DECODER = msgspec.json.Decoder(_Line, strict=True)


def read_recording(lines: Iterable[str], *, faults: Counter[str]) -> Iterator[Advert]:
    """The adverts of a recording in either form; what cannot be read is counted in `faults`."""
    lines = iter(lines)
    for first in lines:
        if not first.strip():
            continue
        whole = _chained(first, lines)
        if first.lstrip().startswith("{"):
            yield from _read_jsonl(whole, faults)
        else:
            yield from _read_hcidump(whole, faults)
        return


def read_reports(packet: bytes) -> list[tuple[str, bytes, int]] | None:
    """(address, AD bytes, RSSI) of each advertising report in one HCI packet.

    Returns:
        An empty list for a packet about something else; None for one that is cut short or
        contradicts itself.
    """
    if len(packet) < 3 or packet[0] != _EVENT or packet[1] != _LE_META:
        return []
    if packet[2] != len(packet) - 3 or len(packet) < 5:
        return None
    match packet[3]:
        case 0x02:
            return _split_reports(packet[5:], packet[4], head=8, length_at=8, tail=1)
        case 0x0D:
            return _split_reports(packet[5:], packet[4], head=23, length_at=23, tail=0)
        case _:
            return []


def _split_reports(
    body: bytes, reports: int, *, head: int, length_at: int, tail: int
) -> list[tuple[str, bytes, int]] | None:
    """Take `reports` reports apart; `head` bytes stand before the length byte."""
    found = []
    at = 0
    address_at = 2 if tail else 3
    for _ in range(reports):
        if len(body) < at + head + 1:
            return None
        size = body[at + length_at]
        end = at + head + 1 + size + tail
        if len(body) < end:
            return None
        address = body[at + address_at : at + address_at + 6][::-1].hex(":").upper()
        ad = body[at + head + 1 : at + head + 1 + size]
        # Legacy reports end in the RSSI; extended ones carry it in front of the data.
        rssi = body[end - 1] if tail else body[at + 13]
        found.append((address, ad, rssi - 256 if rssi > 127 else rssi))
        at = end
    return found if at == len(body) else None


def _chained(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _read_jsonl(lines: Iterator[str], faults: Counter[str]) -> Iterator[Advert]:
    for line in lines:
        if not line.strip():
            continue
        try:
            read = _DECODER.decode(line)
            advert = Advert(
                read.heard_at_ms, read.address, bytes.fromhex(read.ad_hex), read.rssi_dbm
            )
        except (msgspec.MsgspecError, ValueError, RecursionError):
            faults["line_not_understood"] += 1
            continue
        yield advert


def _read_hcidump(lines: Iterator[str], faults: Counter[str]) -> Iterator[Advert]:
    heard_at_ms = _NO_TIME_MS
    for packet in _packets(lines, faults):
        reports = read_reports(packet)
        if reports is None:
            faults["packet_malformed"] += 1
            continue
        heard_at_ms += _PACKET_STEP_MS
        for address, ad, rssi_dbm in reports:
            yield Advert(heard_at_ms, address, ad, rssi_dbm)


def _packets(lines: Iterator[str], faults: Counter[str]) -> Iterator[bytes]:
    """Packets from the controller, put together from their lines."""
    digits: str | None = None
    for line in lines:
        if line.startswith(" ") and digits is not None:
            digits += line
            continue
        if digits is not None:
            yield from _from_hex(digits, faults)
        digits = line[1:] if line.startswith(">") else None
    if digits is not None:
        yield from _from_hex(digits, faults)


def _from_hex(digits: str, faults: Counter[str]) -> Iterator[bytes]:
    try:
        yield bytes.fromhex(digits)
    except ValueError:
        faults["line_not_understood"] += 1
