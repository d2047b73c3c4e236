"""Half a million inputs and no exception; and the AD parser against somebody else's."""

import platform
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest
from bluetooth_data_tools import parse_advertisement_data_tuple

from proximity_wire.frames.ad_structures import (
    MANUFACTURER,
    SERVICE_DATA_16,
    UUIDS_128_COMPLETE,
    UUIDS_128_INCOMPLETE,
    split,
)
from tests.proximity_wire.vectors import ADVERTS

RUNS = 600_000
PAYLOADS = 100_000
_SHORT_TAIL = "-0000-1000-8000-00805f9b34fb"
_SHORT_UUID = "0000{}" + _SHORT_TAIL
_SHORT = re.compile(r"0000[0-9a-f]{4}" + _SHORT_TAIL)
_TYPES = bytes((0x01, 0x06, 0x07, 0x09, 0x0A, 0x16, 0xFF, 0xFF, 0x16))

Parsed = tuple[list[str], dict[str, bytes], dict[int, bytes]]


def a_payload(rng: random.Random) -> bytes:
    """A row of structures of known types, sometimes cut, flipped or followed by rubbish."""
    ad = bytearray()
    for _ in range(rng.randint(0, 4)):
        body = rng.randbytes(rng.choice((0, 1, 2, 3, 8, 16, 32, rng.randint(0, 30))))
        ad += bytes((len(body) + 1, rng.choice(_TYPES))) + body
    if rng.random() < 0.3:
        ad = ad[: rng.randint(0, len(ad))]
    if ad and rng.random() < 0.2:
        ad[rng.randrange(len(ad))] = rng.randrange(256)
    return bytes(ad) + (rng.randbytes(rng.randint(0, 5)) if rng.random() < 0.2 else b"")


def by_us(ad: bytes) -> Parsed:
    """Our structures, sorted as the other parser sorts them."""
    uuids: list[str] = []
    service: dict[str, bytes] = {}
    manufacturer: dict[int, bytes] = {}
    for ad_type, data in split(ad):
        if ad_type in (UUIDS_128_COMPLETE, UUIDS_128_INCOMPLETE):
            uuids += [data[at : at + 16][::-1].hex() for at in range(0, len(data) - 15, 16)]
        elif ad_type == SERVICE_DATA_16 and len(data) >= 2:
            service[_SHORT_UUID.format(data[1::-1].hex())] = data[2:]
        elif ad_type == MANUFACTURER and len(data) >= 2:
            manufacturer[int.from_bytes(data[:2], "little")] = data[2:]
    return uuids, service, manufacturer


def by_them(ad: bytes) -> Parsed:
    """Their structures; what we do not read (short and 32-bit UUIDs) is left out."""
    _, uuids, service, manufacturer, _ = parse_advertisement_data_tuple((ad,))
    long = [uuid.replace("-", "") for uuid in uuids if not uuid.endswith(_SHORT_TAIL)]
    short = {uuid: data for uuid, data in service.items() if _SHORT.fullmatch(uuid)}
    return long, short, dict(manufacturer)


def test_the_parser_agrees_with_bluetooth_data_tools_on_random_payloads() -> None:
    rng = random.Random(1)

    differing = [
        ad.hex() for ad in (a_payload(rng) for _ in range(PAYLOADS)) if by_us(ad) != by_them(ad)
    ]

    assert differing[:10] == []


@pytest.mark.timeout(600)
def test_half_a_million_guided_inputs_raise_nothing(tmp_path: Path) -> None:
    assert platform.machine() == "x86_64", "atheris has wheels for x86_64 only; fuzz there"
    for number, vector in enumerate(ADVERTS):
        (tmp_path / str(number)).write_bytes(vector.ad)
    fuzz = Path(__file__).with_name("fuzz_decoder.py")

    ran = subprocess.run(
        [sys.executable, str(fuzz), str(RUNS), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr[-2000:]
    done = re.search(r"Done (\d+) ", ran.stderr)
    assert done is not None, ran.stderr[-2000:]
    assert int(done[1]) >= 500_000
