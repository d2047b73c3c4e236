"""When a delivery is tried again: pure arithmetic on system milliseconds.

A durable event follows the schedule that Standard Webhooks recommends, then it is dead. An
offer lives for minutes: it is tried ever more slowly, up to twice a minute, until its moment is
over; expiry ends it, not a count. Each wait is spread by up to a tenth, by the delivery's name,
so that deliveries that failed together do not come back together; a restart changes nothing.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md,
"Deliverability and reliability"; RFC 9110 section 10.2.3 (Retry-After).
"""

import hashlib
from email.utils import parsedate_to_datetime
from enum import StrEnum

_HOUR_S = 3_600
DURABLE_WAITS_S: tuple[float, ...] = (
    5,
    5 * 60,
    30 * 60,
    2 * _HOUR_S,
    5 * _HOUR_S,
    10 * _HOUR_S,
    14 * _HOUR_S,
    20 * _HOUR_S,
    24 * _HOUR_S,
)
OFFER_FIRST_WAIT_S = 0.5
OFFER_LONGEST_WAIT_S = 30.0
SPREAD = 0.1
LONGEST_RETRY_AFTER_S = 24 * _HOUR_S


class Schedule(StrEnum):
    """How patient a delivery is."""

    OFFER = "offer"
    DURABLE = "durable"


def next_attempt_system_ms(
    schedule: Schedule,
    *,
    key: str,
    tried: int,
    now_system_ms: int,
    retry_after_s: float | None = None,
) -> int | None:
    """When to try again after `tried` tries (1 or more); None when it is given up.

    Args:
        schedule: how patient.
        key: the delivery's name; spreads deliveries that failed together.
        tried: tries so far.
        now_system_ms: the machine's clock.
        retry_after_s: what the receiver asked for; a longer wait than ours is honoured.
    """
    wait_s = wait_after(schedule, tried=tried)
    if wait_s is None:
        return None
    wait_s *= 1 + SPREAD * _fraction(f"{key}:{tried}")
    if retry_after_s is not None:
        wait_s = max(wait_s, min(retry_after_s, LONGEST_RETRY_AFTER_S))
    return now_system_ms + round(wait_s * 1000)


def wait_after(schedule: Schedule, *, tried: int) -> float | None:
    """Seconds to wait after the `tried`-th try, before the spread; None: no more tries."""
    match schedule:
        case Schedule.OFFER:
            return min(OFFER_FIRST_WAIT_S * 2.0 ** min(tried - 1, 16), OFFER_LONGEST_WAIT_S)
        case Schedule.DURABLE:
            return DURABLE_WAITS_S[tried - 1] if tried <= len(DURABLE_WAITS_S) else None


def retry_after_s(header: str | None, *, now_system_ms: int) -> float | None:
    """Seconds that a Retry-After header asks for; None when absent or unreadable. Never raises.

    Example:
        >>> retry_after_s("120", now_system_ms=0)
        120.0
    """
    if header is None or len(header) > 100:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_RETRY_AFTER_S)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    return min(max(0.0, at.timestamp() - now_system_ms / 1000), LONGEST_RETRY_AFTER_S)


def _fraction(text: str) -> float:
    """A number in 0..1 that follows from `text`."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest(), "big") / 2**32
