"""Mistakes in forms, one for each field and all at once, in words to be translated."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from babel import numbers

from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.frame import N_

NEEDED = N_("Please fill this in.")
NO_NUMBER = N_("Please give a whole number.")
NO_MONEY = N_("Please give an amount like 2.50.")
NO_DAY = N_("Please give a day.")
NO_CLOCK = N_("Please give a time like 17:00.")
TOO_FAR = N_("This is out of range.")
ONE_OF = N_("Please choose one of the list.")
TOO_LONG = N_("This is too long.")


@dataclass
class Reading:
    """A form as it is read: what it says goes out by the methods, mistakes are gathered."""

    sent: Sent
    timezone: str
    currency: str
    errors: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, *, longest: int) -> str:
        """A text that must be there."""
        text = self.sent.text(name, longest=longest + 1)
        if not text:
            self.errors[name] = NEEDED
        elif len(text) > longest:
            self.errors[name] = TOO_LONG
        return text

    def one_of(self, name: str, allowed: Callable[[str], bool]) -> str:
        """A text out of a list."""
        text = self.sent.text(name, longest=80)
        if not allowed(text):
            self.errors[name] = ONE_OF
        return text

    def whole(self, name: str, least: int, most: int) -> int | None:
        """A whole number; None when the field is empty."""
        text = self.sent.text(name, longest=20)
        if not text:
            return None
        if not re.fullmatch(r"\d{1,12}", text):
            self.errors[name] = NO_NUMBER
            return None
        if not least <= int(text) <= most:
            self.errors[name] = TOO_FAR
        return int(text)

    def basis_points(self, name: str, most: int) -> int | None:
        """A percentage with at most two decimals, as basis points; None when it is empty."""
        scaled = self._scaled(name, places=2)
        if scaled is not None and not 0 <= scaled <= most:
            self.errors[name] = TOO_FAR
        return scaled

    def money(self, name: str) -> int | None:
        """An amount in minor units; None when the field is empty."""
        return self._scaled(name, places=numbers.get_currency_precision(self.currency))

    def midnight(self, name: str) -> datetime | None:
        """The local beginning of a day; None when the field is empty."""
        text = self.sent.text(name, longest=20)
        if not text:
            return None
        try:
            return datetime.combine(date.fromisoformat(text), time(), ZoneInfo(self.timezone))
        except ValueError:
            self.errors[name] = NO_DAY
            return None

    def clock(self, name: str) -> str | None:
        """A time of day as HH:MM; None when the field is empty."""
        text = self.sent.text(name, longest=5)
        if text and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d|24:00", text):
            self.errors[name] = NO_CLOCK
        return text or None

    def _scaled(self, name: str, *, places: int) -> int | None:
        text = self.sent.text(name, longest=20).replace(",", ".")
        if not text:
            return None
        try:
            scaled = Decimal(text).scaleb(places)
        except InvalidOperation:
            self.errors[name] = NO_MONEY
            return None
        if (
            not scaled.is_finite()
            or scaled != scaled.to_integral_value()
            or not 0 <= scaled < 10**12
        ):
            self.errors[name] = NO_MONEY
            return None
        return int(scaled)


def slug_of(name: str) -> str:
    """An id out of a name: small letters, digits and hyphens; "" when nothing is left.

    Example:
        >>> slug_of("Pan fresco, ¡a las 5!")
        'pan-fresco-a-las-5'
    """
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:32].strip("-")


def free_slug(name: str, taken: Callable[[str], bool], *, otherwise: str) -> str:
    """An id that nothing has yet, out of a name."""
    wish = slug_of(name) or otherwise
    number, free = 1, wish
    while taken(free):
        number += 1
        free = f"{wish[:28].rstrip('-')}-{number}"
    return free
