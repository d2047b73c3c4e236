"""From BlueZ's parsed advertisement back to advertising data.

BlueZ takes the bytes of an advert apart and hands over dictionaries; the decoder wants bytes, so
that all sources go through the same code. Only what can carry a frame of ours is put
together again; flags, names and power levels are left out.

Source: Bluetooth Core Specification Supplement, part A, sections 1.1, 1.4 and 1.11.
"""

from collections.abc import Mapping, Sequence

from proximity_wire.frames.ad_structures import (
    MANUFACTURER,
    MAX_STRUCTURE_DATA,
    SERVICE_DATA_16,
    UUIDS_128_COMPLETE,
    join,
)

# A 16-bit UUID xxxx is written 0000xxxx-0000-1000-8000-00805f9b34fb.
_SHORT_HEAD = "0000"
_SHORT_TAIL = "-0000-1000-8000-00805f9b34fb"


def advertising_data(
    *,
    manufacturer_data: Mapping[int, bytes],
    service_data: Mapping[str, bytes],
    service_uuids: Sequence[str],
) -> bytes:
    r"""The advertising data that says the same; structures that cannot fit are left out.

    Example:
        >>> advertising_data(manufacturer_data={0x4c: b"\x10"}, service_data={},
        ...     service_uuids=[]).hex()
        '04ff4c0010'
    """
    structures = [
        (MANUFACTURER, company.to_bytes(2, "little") + data)
        for company, data in manufacturer_data.items()
    ]
    structures += [
        (SERVICE_DATA_16, short_uuid(uuid) + data)
        for uuid, data in service_data.items()
        if uuid.endswith(_SHORT_TAIL) and uuid.startswith(_SHORT_HEAD)
    ]
    long_uuids = b"".join(
        bytes.fromhex(uuid.replace("-", ""))[::-1]
        for uuid in service_uuids
        if not uuid.endswith(_SHORT_TAIL)
    )
    if long_uuids:
        structures.append((UUIDS_128_COMPLETE, long_uuids))
    return join(entry for entry in structures if len(entry[1]) <= MAX_STRUCTURE_DATA)


def short_uuid(uuid: str) -> bytes:
    """The two bytes of a 16-bit service UUID as they stand on the air."""
    return bytes.fromhex(uuid[4:8])[::-1]
