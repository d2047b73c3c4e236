"""Ranges of the values that go into a frame, with errors that name the field.

Only encoders check: a decoder's values come out of bytes of fixed width. Also the one range
of measured power that a sighting may carry.
"""

from proximity_wire.errors import FrameError

# What `SightingRow.measured_power_dbm` takes. A forged advert may claim +127 dBm; it must not
# spoil the batch that carries it.
_MEASURED_POWER_DBM = range(-127, 21)

# Between 0 m and 1 m from an ideal antenna at 2.4 GHz.
# Source: google/eddystone protocol specification, "Tx Power Level".
EDDYSTONE_LOSS_FIRST_METRE_DB = 41


def believable_power(measured_power_dbm: int) -> int | None:
    """`measured_power_dbm` itself when it can be meant, -127..20 dBm, else None."""
    return measured_power_dbm if measured_power_dbm in _MEASURED_POWER_DBM else None


def hex_bytes(text: str, *, size: int, what: str) -> bytes:
    """The `size` bytes that the hex digits `text` spell.

    Raises:
        FrameError: other characters, or another length.
    """
    try:
        found = bytes.fromhex(text)
    except ValueError:
        found = b""
    if len(found) != size or len(text) != 2 * size:
        raise FrameError(f"{what} has {len(text)} characters; must be {2 * size} hex digits")
    return found


def within(value: int, *, low: int, high: int, what: str) -> int:
    """`value` itself when it lies in `low`..`high`.

    Raises:
        FrameError: it does not.
    """
    if not low <= value <= high:
        raise FrameError(f"{what} is {value}; must be {low}..{high}")
    return value


def int8(value: int, *, what: str) -> bytes:
    """One signed byte, as every power on the air.

    Raises:
        FrameError: outside -128..127.
    """
    return within(value, low=-128, high=127, what=what).to_bytes(1, "big", signed=True)
