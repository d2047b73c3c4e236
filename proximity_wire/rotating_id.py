"""Rotating ids: Eddystone-EID, the one way in which a tag or phone names itself here.

A device and the server share a 16-byte identity key. Every 2^K seconds of the device's clock
T it shows another 8 bytes; who has no key sees noise. Both sides compute:

    temporary key = AES128(identity key, 00 x11 | ff | 00 00 | T[31:16])     changes every 18 h
    id            = AES128(temporary key, 00 x11 | K | T with its low K bits cleared)[:8]

So that a sighting resolves by one look into a table, the server computes the ids of the
previous, current and next period ahead: a device's clock drifts, and a batch may be late.

The only module of the wire that imports `cryptography`; no gateway imports it.

Source: github google/eddystone, eddystone-eid/eid-computation.md; RFC 5869 (HKDF).
"""

from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from proximity_wire.errors import RotatingIdError

EID_BYTES: Final = 8
KEY_BYTES: Final = 16
MAX_EXPONENT: Final = 15
DEFAULT_EXPONENT: Final = 10

_BLOCK_BYTES = 16
_END_OF_TIME_S = 2**32


class EidSeries:
    """All ids that one identity key shows over time; keeps the temporary key while it lasts.

    Three ids of one T>>16 cost one AES key schedule and one call instead of six. The cached key
    lives in this object alone, so that forgetting a shopper forgets it too.
    """

    __slots__ = ("_clock_offset_s", "_exponent", "_key", "_temporary", "_temporary_of")

    def __init__(
        self, identity_key: bytes, *, exponent: int = DEFAULT_EXPONENT, clock_offset_s: int = 0
    ) -> None:
        """Raises RotatingIdError when the key has not 16 bytes or the exponent is not 0..15."""
        _check_exponent(exponent)
        if len(identity_key) != KEY_BYTES:
            raise RotatingIdError(
                f"identity key has {len(identity_key)} bytes; must be {KEY_BYTES}"
            )
        self._key = identity_key
        self._exponent = exponent
        self._clock_offset_s = clock_offset_s
        self._temporary_of = -1
        self._temporary = b""

    def period_at(self, t_s: int) -> int:
        """The number of the period in force at server time `t_s` (seconds since 1970)."""
        return period_of(t_s + self._clock_offset_s, self._exponent)

    def id_of(self, period: int) -> bytes:
        """The 8 bytes shown during `period`."""
        return self.ids_of(range(period, period + 1))[period]

    def ids_of(self, periods: range) -> dict[int, bytes]:
        """The ids of `periods`, in order; periods before the device's clock began are left out.

        Raises:
            RotatingIdError: a period lies beyond what 32 bits of seconds can say.
        """
        ids: dict[int, bytes] = {}
        pending: dict[int, list[int]] = {}
        for period in periods:
            if period >= 0:
                start_s = _check_instant(period << self._exponent)
                pending.setdefault(start_s >> 16, []).append(period)
        for high, members in pending.items():
            ids.update(self._ids_under(high, members))
        return ids

    def valid_ids(self, t_s: int) -> dict[int, bytes]:
        """The ids of the previous, current and next period around `t_s`, by period number.

        Raises:
            RotatingIdError: the device's clock at `t_s` would not fit 32 bits.
        """
        current = self.period_at(t_s)
        last = (_END_OF_TIME_S - 1) >> self._exponent
        return self.ids_of(range(current - 1, min(current + 1, last) + 1))

    def _ids_under(self, high: int, periods: list[int]) -> dict[int, bytes]:
        if high != self._temporary_of:
            block = bytes(11) + b"\xff\x00\x00" + high.to_bytes(2, "big")
            self._temporary = _aes(self._key, block)
            self._temporary_of = high
        head = bytes(11) + bytes((self._exponent,))
        blocks = [head + (period << self._exponent).to_bytes(4, "big") for period in periods]
        out = _aes(self._temporary, b"".join(blocks))
        return {
            period: out[at * _BLOCK_BYTES : at * _BLOCK_BYTES + EID_BYTES]
            for at, period in enumerate(periods)
        }


def derive_eid(identity_key: bytes, *, t_s: int, exponent: int) -> bytes:
    """The 8 bytes that the holder of `identity_key` shows when its clock says `t_s`.

    Example:
        >>> derive_eid(bytes(16), t_s=0, exponent=10) == derive_eid(
        ...     bytes(16), t_s=1023, exponent=10
        ... )
        True

    Raises:
        RotatingIdError: key, exponent or time out of range.
    """
    return EidSeries(identity_key, exponent=exponent).id_of(period_of(t_s, exponent))


def period_of(t_s: int, exponent: int) -> int:
    """The number of the period of 2^`exponent` seconds that contains device time `t_s`.

    Raises:
        RotatingIdError: exponent or time out of range.
    """
    return _check_instant(t_s) >> _check_exponent(exponent)


def valid_ids(
    identity_key: bytes, *, t_s: int, exponent: int, clock_offset_s: int = 0
) -> dict[int, bytes]:
    """The ids of the previous, current and next period around server time `t_s`, by period.

    Raises:
        RotatingIdError: key, exponent or time out of range.
    """
    series = EidSeries(identity_key, exponent=exponent, clock_offset_s=clock_offset_s)
    return series.valid_ids(t_s)


def key_from_ecdh(shared_secret: bytes, *, resolver_public: bytes, beacon_public: bytes) -> bytes:
    """The 16-byte identity key that enrolment by X25519 agrees on.

    Raises:
        RotatingIdError: a part has not 32 bytes, or the secret is all zero (a public key that
            was chosen to force a known secret).
    """
    for what, part in (
        ("shared secret", shared_secret),
        ("resolver's public key", resolver_public),
        ("beacon's public key", beacon_public),
    ):
        if len(part) != 32:
            raise RotatingIdError(f"{what} has {len(part)} bytes; must be 32")
    if not any(shared_secret):
        raise RotatingIdError("shared secret is all zero; the other public key must be refused")
    salt = resolver_public + beacon_public
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"").derive(shared_secret)


def _check_exponent(exponent: int) -> int:
    if not 0 <= exponent <= MAX_EXPONENT:
        raise RotatingIdError(f"rotation exponent is {exponent}; must be 0..{MAX_EXPONENT}")
    return exponent


def _check_instant(t_s: int) -> int:
    if not 0 <= t_s < _END_OF_TIME_S:
        raise RotatingIdError(f"device time is {t_s} s; must be 0..{_END_OF_TIME_S - 1}")
    return t_s


def _aes(key: bytes, blocks: bytes) -> bytes:
    # ECB is what the specification asks for: single blocks under a key of their own.
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305
    return encryptor.update(blocks)
