"""What the Linux kernel says of its clock: whether a time service disciplines it, and its offset.

Every time service (systemd-timesyncd, chrony, ntpd) tells the kernel through adjtimex(2); so this
asks one place instead of each service. Reading needs no privilege, but ctypes may be refused under
a service manager that forbids executable memory; then nothing is known.

Source: adjtimex(2); include/uapi/linux/timex.h.
"""

import struct
import sys
from typing import NamedTuple

_STA_UNSYNC = 0x0040
_STA_NANO = 0x2000
_TIME_ERROR = 5
# struct timex up to `status`: modes, offset, freq, maxerror, esterror, status, in native layout.
_HEAD = struct.Struct("@Illlli")
_TIMEX_BYTES = 512


class KernelClock(NamedTuple):
    """`synced`: a time service vouches for it; `offset_ms`: what is still to be corrected."""

    synced: bool
    offset_ms: float


def read_kernel_clock() -> KernelClock | None:
    """What the kernel says now; None where it cannot be asked."""
    if sys.platform != "linux":
        return None
    timex = bytearray(_TIMEX_BYTES)
    try:
        import ctypes  # noqa: PLC0415 (see above)

        room = (ctypes.c_char * _TIMEX_BYTES).from_buffer(timex)
        state = ctypes.CDLL(None).adjtimex(room)
    except (ImportError, OSError, AttributeError, MemoryError):
        return None
    if state < 0:
        return None
    _modes, offset, _freq, _maxerror, _esterror, status = _HEAD.unpack_from(timex)
    synced = state != _TIME_ERROR and not status & _STA_UNSYNC
    return KernelClock(synced, offset / (1e6 if status & _STA_NANO else 1e3))
