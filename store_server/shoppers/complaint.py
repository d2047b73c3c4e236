"""Complaints of shoppers, as far as offers go: while one is open, nothing is offered.

What the complaint says stays on the retailer's desk; here are its number, its topic and whether it
is open.
"""

import re
from dataclasses import dataclass
from datetime import datetime

from store_server.errors import Unprocessable
from store_server.ids import ShopperId

MOST_EXCLUSIONS = 200
LONGEST_EXCLUSION = 80
_SLUG = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint; `closed_at` None while it is open."""

    id: str
    shopper: ShopperId
    topic: str
    opened_at: datetime
    closed_at: datetime | None = None


def check_topic(topic: str) -> str:
    """`topic` itself, when it is a word like "delivery".

    Raises:
        Unprocessable: it is not; a sentence would say too much of a person.
    """
    if not _SLUG.fullmatch(topic):
        raise Unprocessable(
            "topic must be 1 to 64 of a-z, 0-9, _ and -: a word of your own list, no sentence",
            code="bad_topic",
        )
    return topic


def check_exclusions(names: frozenset[str]) -> frozenset[str]:
    """What a shopper never wants to see, when it can be: categories and offers by id.

    Raises:
        Unprocessable: too many, or one is empty, too long or not printable.
    """
    if len(names) > MOST_EXCLUSIONS:
        raise Unprocessable(
            f"excluded has {len(names)} entries; at most {MOST_EXCLUSIONS}", code="bad_exclusions"
        )
    for name in sorted(names):
        if not (0 < len(name) <= LONGEST_EXCLUSION and name.isprintable()):
            raise Unprocessable(
                f"excluded has {name[:40]!r}; must be a category or offer id of 1 to "
                f"{LONGEST_EXCLUSION} printable characters",
                code="bad_exclusions",
            )
    return names
