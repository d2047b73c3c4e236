"""What two versions of a campaign, or of an offer, have otherwise."""

from collections.abc import Mapping
from typing import NamedTuple

from store_server.errors import NotFound

_NO_CONTENT = frozenset({"version", "state"})


class Difference(NamedTuple):
    """One field that two versions have otherwise; None where it is not said."""

    field: str
    before: object
    after: object


def difference_of(
    versions: Mapping[int, Mapping[str, object]], before: int, after: int, *, named: str
) -> list[Difference]:
    """What two of these versions have otherwise, by field.

    Args:
        versions: the document of each, by number.
        before: one number.
        after: the other.
        named: whose versions they are, as "offer rye-50", for the refusal.

    Raises:
        NotFound: there is no such version; says which there are.
    """
    for number in (before, after):
        if number not in versions:
            known = ", ".join(map(str, versions)) or "none"
            raise NotFound(
                f"{named} has no version {number}; it has {known}", code="unknown_version"
            )
    return differences(versions[before], versions[after])


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Difference]:
    """What of two documents is not the same, by field; state and version are no content.

    Example:
        >>> differences({"cap_per_day": 1}, {"cap_per_day": 2, "version": 7})
        [Difference(field='cap_per_day', before=1, after=2)]
    """
    fields = sorted((before.keys() | after.keys()) - _NO_CONTENT)
    return [
        Difference(name, before.get(name), after.get(name))
        for name in fields
        if before.get(name) != after.get(name)
    ]
