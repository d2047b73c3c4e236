"""What the Linux kernel says of its clock: whether a time service disciplines it, and its offset.

Every time service (systemd-timesyncd, chrony, ntpd) tells the kernel through adjtimex(2); so this
asks one place instead of each service. Reading needs no privilege.

Source: adjtimex(2); include/uapi/linux/timex.h.
"""

import ctypes
import sys
from typing import NamedTuple

_STA_UNSYNC = 0x0040
_STA_NANO = 0x2000
_TIME_ERROR = 5


class _Timex(ctypes.Structure):
    """struct timex, up to what is read here; the rest is room for the kernel to write."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 256),
    )


class KernelClock(NamedTuple):
    """`synced`: a time service vouches for it; `offset_ms`: what is still to be corrected."""

    synced: bool
    offset_ms: float


def read_kernel_clock() -> KernelClock | None:
    """What the kernel says now; None where it cannot be asked."""
    if sys.platform != "linux":
        return None
    timex = _Timex()
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (OSError, AttributeError):
        return None
    if state < 0:
        return None
    synced = state != _TIME_ERROR and not timex.status & _STA_UNSYNC
    per_ms = 1e6 if timex.status & _STA_NANO else 1e3
    return KernelClock(synced, timex.offset / per_ms)
