"""Air frames, both ways: what beacons, tags and phones say, byte by byte.

`decode_advert` never raises on any bytes. `encode_*` make whole advertising data, flags
first, and raise `FrameError` where a value does not fit. Frames that name somebody have
`kind`, `identity` and `measured_power_1m_dbm`, as a sighting needs them.
"""

from proximity_wire.frames.advert_decoder import (
    Frame,
    IdentityFrame,
    NamelessFrame,
    decode_advert,
)
from proximity_wire.frames.altbeacon import AltBeacon, encode_altbeacon
from proximity_wire.frames.eddystone import (
    EddystoneEid,
    EddystoneUid,
    encode_eddystone_eid,
    encode_eddystone_uid,
)
from proximity_wire.frames.eddystone_tlm import (
    EddystoneEtlm,
    EddystoneTlm,
    encode_eddystone_etlm,
    encode_eddystone_tlm,
)
from proximity_wire.frames.eddystone_url import EddystoneUrl, encode_eddystone_url
from proximity_wire.frames.foreign import Foreign, encode_foreign
from proximity_wire.frames.ibeacon import IBeacon, encode_ibeacon
from proximity_wire.frames.service_token import ServiceToken, encode_service_token

__all__ = [
    "AltBeacon",
    "EddystoneEid",
    "EddystoneEtlm",
    "EddystoneTlm",
    "EddystoneUid",
    "EddystoneUrl",
    "Foreign",
    "Frame",
    "IBeacon",
    "IdentityFrame",
    "NamelessFrame",
    "ServiceToken",
    "decode_advert",
    "encode_altbeacon",
    "encode_eddystone_eid",
    "encode_eddystone_etlm",
    "encode_eddystone_tlm",
    "encode_eddystone_uid",
    "encode_eddystone_url",
    "encode_foreign",
    "encode_ibeacon",
    "encode_service_token",
]
