"""Which candidates a decision names, out of all that were looked at, and with which numbers."""

from collections.abc import Iterable
from itertools import repeat

import numpy as np

from store_server.decisions.decision import Candidate
from store_server.decisions.reason import OF_CAMPAIGN, Reason
from store_server.decisions.shelf import Places, Shelf
from store_server.decisions.slot_gates import Sieve
from store_server.decisions.value import DIGITS, Weighed
from store_server.ids import CampaignId

# Candidates that a decision names; of more it keeps the best and counts the others by reason.
TRACE_MOST = 32
# What follows this gate has been weighed.
_FIRST_WEIGHED = Reason.VALUE_NOT_POSITIVE.rank
_REASONS = tuple(Reason)
# By the sieve's code: hashing a member of an enumeration is a call of Python.
_OF_CAMPAIGN = (False, *(one in OF_CAMPAIGN for one in _REASONS))
_NO_NUMBERS = (None, None, None)
# What `Candidate(...)` comes to, without the call of Python around it.
_new = tuple.__new__


def candidates_of(
    shelf: Shelf | None, sieve: Sieve | None, weighed: Weighed | None
) -> tuple[Candidate, ...]:
    """The candidates that are named, in the order of the shelf; reason None = the chosen one."""
    if shelf is None or sieve is None:
        return ()
    places = _named(shelf, sieve, weighed)
    found: list[Candidate] = []
    refused: set[CampaignId] = set()
    for place, code, numbers in zip(
        places.tolist(), sieve.first[places].tolist(), _numbers(weighed, places), strict=True
    ):
        campaign, offer, only_fallback = shelf.names[place]
        reason = _REASONS[code - 1] if code else None
        if _OF_CAMPAIGN[code]:
            if campaign not in refused:
                refused.add(campaign)
                found.append(Candidate(campaign, None, reason))
        elif not only_fallback or reason is None:
            told = numbers if not code or code > _FIRST_WEIGHED else _NO_NUMBERS
            found.append(_new(Candidate, (campaign, offer, reason, *told)))
    return tuple(found)


def _numbers(
    weighed: Weighed | None, places: Places
) -> Iterable[tuple[float | None, float | None, float | None]]:
    """Value and both chances of each place."""
    if weighed is None:
        return repeat(_NO_NUMBERS, len(places))
    return zip(
        weighed.value[places].tolist(),
        np.round(weighed.chance_with[places], DIGITS).tolist(),
        np.round(weighed.chance_without[places], DIGITS).tolist(),
        strict=True,
    )


def _named(shelf: Shelf, sieve: Sieve, weighed: Weighed | None) -> Places:
    """The places of the candidates that are named: all, or the chosen one and the best."""
    if shelf.size <= TRACE_MOST:
        return np.arange(shelf.size)
    passed = np.flatnonzero((sieve.first == 0) | (sieve.first > _FIRST_WEIGHED))
    if weighed is None or len(passed) < TRACE_MOST:
        refused = np.flatnonzero((sieve.first > 0) & (sieve.first <= _FIRST_WEIGHED))
        return np.sort(np.concatenate((passed, refused[: TRACE_MOST - len(passed)])))
    value = weighed.value[passed]
    edge = np.partition(value, -TRACE_MOST)[-TRACE_MOST]
    best = np.concatenate((passed[value > edge], passed[value == edge]))[:TRACE_MOST]
    named = sieve.first == 0
    named[best] = True
    return np.flatnonzero(named)
