"""The adverts of the edge's benchmarks: what the air of a shop is made of, seeded and distinct.

The shares of the kinds are those of a recorded mix of 400 devices: about 37 % Apple, 35 %
iBeacon, 10 % Eddystone, then AltBeacon, Microsoft and others. Every payload is another, so that
nobody gains by remembering. A shop's own beacons share a few UUIDs, other people's share none.
"""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from edge_agent.advert import Advert
from proximity_wire.frames import (
    AltBeacon,
    EddystoneEid,
    EddystoneTlm,
    EddystoneUid,
    EddystoneUrl,
    IBeacon,
    encode_altbeacon,
    encode_eddystone_eid,
    encode_eddystone_tlm,
    encode_eddystone_uid,
    encode_eddystone_url,
    encode_ibeacon,
)

Maker = Callable[[random.Random], bytes]

START_MS = 1_760_000_400_000
_FLAGS = b"\x02\x01\x06"
_UUIDS = ("e4b06ce6-0741-c7a8-7ce4-2c8218072e8c", "78e51061-7311-d8a3-c2ce-6f447ed4d57b")


def _manufacturer(head: str, *, least: int, most: int, flags: bool = True) -> Maker:
    def make(rng: random.Random) -> bytes:
        data = bytes.fromhex(head) + rng.randbytes(rng.randint(least, most))
        return (_FLAGS if flags else b"") + bytes((len(data) + 1, 0xFF)) + data

    return make


def _service(head: str, *, least: int, most: int) -> Maker:
    def make(rng: random.Random) -> bytes:
        data = bytes.fromhex(head) + rng.randbytes(rng.randint(least, most))
        return _FLAGS + b"\x03\x03" + data[:2] + bytes((len(data) + 1, 0x16)) + data

    return make


def _ibeacon(rng: random.Random) -> bytes:
    uuid = rng.choice(_UUIDS) if rng.random() < 0.5 else _uuid(rng)
    return encode_ibeacon(IBeacon(uuid, rng.randrange(65536), rng.randrange(65536), -59))


def _uuid(rng: random.Random) -> str:
    digits = rng.randbytes(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def _altbeacon(rng: random.Random) -> bytes:
    return encode_altbeacon(AltBeacon(0x0118, rng.randbytes(20).hex(), -60, 0))


def _uid(rng: random.Random) -> bytes:
    return encode_eddystone_uid(EddystoneUid(rng.randbytes(10).hex(), rng.randbytes(6).hex(), -18))


def _eid(rng: random.Random) -> bytes:
    return encode_eddystone_eid(EddystoneEid(rng.randbytes(8).hex(), -18))


def _tlm(rng: random.Random) -> bytes:
    battery_mv, uptime_ds = rng.randint(1800, 3300), rng.randrange(2**32)
    return encode_eddystone_tlm(EddystoneTlm(battery_mv, 21.5, rng.randrange(2**32), uptime_ds))


def _url(rng: random.Random) -> bytes:
    return encode_eddystone_url(EddystoneUrl(f"https://goo.gl/{rng.randbytes(4).hex()}", -18))


# Adverts of 20,000 by kind. Source: the shares of a recorded mix, see the module.
SHARES: Final[dict[str, tuple[int, Maker]]] = {
    "apple": (5280, _manufacturer("4c0010", least=5, most=20)),
    "apple_without_flags": (2057, _manufacturer("4c001219", least=25, most=25, flags=False)),
    "ibeacon": (6954, _ibeacon),
    "eddystone_uid": (838, _uid),
    "eddystone_eid": (262, _eid),
    "eddystone_tlm": (623, _tlm),
    "eddystone_url": (355, _url),
    "altbeacon": (708, _altbeacon),
    "microsoft": (628, _manufacturer("0600010920", least=24, most=24, flags=False)),
    "fast_pair": (376, _service("2cfe", least=6, most=6)),
    "exposure_notification": (279, _service("6ffd", least=20, most=20)),
    "ruuvi": (333, _manufacturer("990405", least=23, most=23)),
    "bthome": (111, _service("d2fc40", least=10, most=10)),
    "unknown": (1196, _manufacturer("e000", least=8, most=20)),
}


def distinct_payloads(*, seed: int) -> list[bytes]:
    """20,000 payloads, no two alike, in a shuffled order."""
    rng = random.Random(seed)
    found: dict[bytes, None] = {}
    for count, make in SHARES.values():
        before = len(found)
        while len(found) < before + count:
            found[make(rng)] = None
    payloads = list(found)
    rng.shuffle(payloads)
    return payloads


def read_payloads(path: Path) -> list[bytes]:
    """The payloads of a JSON list of [kind, address, AD hex, RSSI]."""
    return [bytes.fromhex(row[2]) for row in json.loads(path.read_text(encoding="utf-8"))]


def as_adverts(payloads: list[bytes], *, seed: int, per_s: int) -> list[Advert]:
    """The payloads as heard from 400 devices, `per_s` a second, at believable loudness."""
    rng = random.Random(seed)
    addresses = [rng.randbytes(6).hex(":").upper() for _ in range(400)]
    return [
        Advert(START_MS + n * 1000 // per_s, rng.choice(addresses), ad, rng.randint(-100, -40))
        for n, ad in enumerate(payloads)
    ]
