"""The table of adverts in tests/vectors/frames.toml as values: one table drives every test."""

import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from proximity_wire import frames
from proximity_wire.frames import Frame

VECTORS = Path(__file__).parents[1] / "vectors"

_OPTIONAL = {"EddystoneTlm": {"battery_mv": None, "temperature_c": None}}
_ENCODERS: dict[str, Callable[[Any], bytes]] = {
    "IBeacon": frames.encode_ibeacon,
    "AltBeacon": frames.encode_altbeacon,
    "EddystoneUid": frames.encode_eddystone_uid,
    "EddystoneEid": frames.encode_eddystone_eid,
    "EddystoneTlm": frames.encode_eddystone_tlm,
    "EddystoneEtlm": frames.encode_eddystone_etlm,
    "EddystoneUrl": frames.encode_eddystone_url,
    "ServiceToken": frames.encode_service_token,
}


class AdvertVector(NamedTuple):
    """Bytes, and what they say."""

    name: str
    ad: bytes
    frame: Frame
    canonical: bool


def encode(frame: Frame) -> bytes:
    """What the encoder of the frame's type makes of it."""
    return _ENCODERS[type(frame).__name__](frame)


def _load() -> tuple[list[AdvertVector], dict[str, bytes]]:
    table = tomllib.loads((VECTORS / "frames.toml").read_text())
    adverts = []
    for row in table["advert"]:
        fields = _OPTIONAL.get(row["frame"], {}) | row["fields"]
        frame = getattr(frames, row["frame"])(**fields)
        adverts.append(AdvertVector(row["name"], bytes.fromhex(row["ad"]), frame, row["canonical"]))
    return adverts, {row["name"]: bytes.fromhex(row["ad"]) for row in table["nothing"]}


ADVERTS, NOTHING = _load()
CANONICAL = [vector for vector in ADVERTS if vector.canonical]
