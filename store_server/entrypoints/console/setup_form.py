"""The first form of a new store: name, hours, time and money, and how large its floor is."""

from dataclasses import dataclass
from datetime import time
from zoneinfo import available_timezones

from babel import numbers

from store_server.entrypoints.console.field_texts import NEEDED, NO_NUMBER, TOO_FAR, Reading
from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.frame import N_
from store_server.ids import Scope
from store_server.shop.store_profile import Store

LEAST_M, MOST_M = 2.0, 200.0
NO_TIMEZONE = N_("Please choose a time zone of the list, like Europe/Madrid.")
NO_CURRENCY = N_("Please give the three letters of a currency, like EUR.")
# Before anybody said anything, what many shops would say.
FIRST = {"opens": "09:00", "closes": "21:00", "width": "30", "depth": "20"}


@dataclass(frozen=True, slots=True)
class StoreDraft:
    """What the form says; `store` is None while something in it is wrong."""

    store: Store | None
    size_m: tuple[float, float]
    errors: dict[str, str]


def first_fields(timezone: str) -> Sent:
    """The form as it begins."""
    return Sent({name: (text,) for name, text in {**FIRST, "timezone": timezone}.items()})


def timezones() -> list[str]:
    """The names of time zones, without the ones kept for old machines."""
    return sorted(name for name in available_timezones() if "/" in name and name[:4] != "Etc/")


def read_store_form(sent: Sent, *, scope: Scope) -> StoreDraft:
    """The store that a form describes, or every mistake in it."""
    reading = Reading(sent, "UTC", "EUR")
    name = reading.text("name", longest=80)
    timezone = sent.text("timezone", longest=64)
    if timezone not in available_timezones():
        reading.errors["timezone"] = NO_TIMEZONE if timezone else NEEDED
    currency = sent.text("currency", longest=3).upper()
    if currency not in numbers.list_currencies():
        reading.errors["currency"] = NO_CURRENCY if currency else NEEDED
    opens, closes = read_hours(reading)
    size = (_metres(reading, "width"), _metres(reading, "depth"))
    if reading.errors:
        return StoreDraft(None, size, reading.errors)
    store = Store(scope.org, scope.store, name, timezone, currency, opens, closes)
    return StoreDraft(store, size, {})


def read_hours(reading: Reading) -> tuple[time, time]:
    """When the store opens and closes; midnight is both 00:00 and 24:00."""
    found = []
    for name in ("opens", "closes"):
        text = reading.clock(name)
        if text is None and name not in reading.errors:
            reading.errors[name] = NEEDED
        wrong = text is None or name in reading.errors
        found.append(time() if wrong or text == "24:00" else time.fromisoformat(text or ""))
    return found[0], found[1]


def _metres(reading: Reading, name: str) -> float:
    text = reading.sent.text(name, longest=12).replace(",", ".")
    try:
        metres = float(text)
    except ValueError:
        reading.errors[name] = NO_NUMBER if text else NEEDED
        return 0.0
    if not LEAST_M <= metres <= MOST_M:
        reading.errors[name] = TOO_FAR
    return round(metres, 2)
