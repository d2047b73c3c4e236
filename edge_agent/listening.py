"""What a person is shown of adverts: one line each, and counts by kind."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec

from edge_agent.advert import Advert
from edge_agent.hearing import name_of
from proximity_wire.frames import IdentityFrame, decode_advert


def advert_line(advert: Advert) -> str:
    """Time, address, RSSI, kind and identity of one advert, for a terminal."""
    heard_at = datetime.fromtimestamp(advert.heard_at_ms / 1000, UTC)
    frame = decode_advert(advert.ad)
    identity = frame.identity if isinstance(frame, IdentityFrame) else ""
    return (
        f"{heard_at:%H:%M:%S}.{advert.heard_at_ms % 1000:03d} {advert.address} "
        f"{advert.rssi_dbm:>4} dBm  {name_of(frame):<21} {identity}"
    ).rstrip()


def advert_json(advert: Advert) -> str:
    """One line of JSON; many of them are a recording that `edge-agent replay` reads."""
    frame = decode_advert(advert.ad)
    return msgspec.json.encode(
        {
            "heard_at_ms": advert.heard_at_ms,
            "address": advert.address,
            "ad_hex": advert.ad.hex(),
            "rssi_dbm": advert.rssi_dbm,
            "kind": name_of(frame),
            "identity": frame.identity if isinstance(frame, IdentityFrame) else None,
        }
    ).decode()


def count_kinds(adverts: Iterable[Advert]) -> tuple[Counter[str], int]:
    """How many adverts there are of each kind, and from how many addresses."""
    kinds: Counter[str] = Counter()
    addresses = set()
    for advert in adverts:
        kinds[name_of(decode_advert(advert.ad))] += 1
        addresses.add(advert.address)
    return kinds, len(addresses)
