"""What a shopper agreed to, as a ledger: every word given is kept, the last one counts.

Purposes are apart: `location` (be observed in the store at all), `offers` (be sent offers),
`profile` (let purchases shape the offers). Silence is no consent.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store_server.ids import ShopperId


class Purpose(StrEnum):
    """What a consent is for."""

    LOCATION = "location"
    OFFERS = "offers"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True)
class ConsentEntry:
    """One word given: granted or withdrawn, by whom it was taken, on which text."""

    shopper: ShopperId
    purpose: Purpose
    granted: bool
    at: datetime
    source: str
    text_version: str


def allowed(entries: Iterable[ConsentEntry], purpose: Purpose, at: datetime) -> bool:
    """Whether the last word on `purpose` up to `at` was a yes; at the same instant a no wins."""
    last = last_word(entries, purpose, at)
    return last is not None and last.granted


def last_word(
    entries: Iterable[ConsentEntry], purpose: Purpose, at: datetime
) -> ConsentEntry | None:
    """The entry that counts for `purpose` at `at`; None when nothing was said yet."""
    said = [entry for entry in entries if entry.purpose == purpose and entry.at <= at]
    return max(said, key=lambda entry: (entry.at, not entry.granted), default=None)


def last_words(entries: Iterable[ConsentEntry]) -> dict[Purpose, bool]:
    """Yes or no of the last word on each purpose that was spoken of; at one instant a no wins."""
    ordered = sorted(entries, key=lambda entry: (entry.at, not entry.granted))
    return {one.purpose: one.granted for one in ordered}


def unbroken_since(words: Iterable[tuple[int, bool]]) -> int | None:
    """When the yes began that still stands; None after a no. The same rule as `allowed`.

    Args:
        words: (UTC ms, whether it is a no) of one shopper and purpose, in any order.
    """
    since: int | None = None
    for at_ms, refused in sorted(words):
        if refused:
            since = None
        elif since is None:
            since = at_ms
    return since
