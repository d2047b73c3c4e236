"""Instants, numbers and money as people read them: by their language and the store's clock.

These are the filters of the templates. Each takes what it needs of the page's own values
(`language`, `timezone`, `currency`), so that a template only says `{{ at|clock }}`.
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import dates, numbers
from jinja2 import pass_context
from jinja2.runtime import Context

from store_server.entrypoints.console.languages import locale_of

NOT_KNOWN = "-"


@pass_context
def clock(page: Context, at: datetime | None) -> str:
    """Hour, minute and second of the store's day."""
    return NOT_KNOWN if at is None else _local(page, at).strftime("%H:%M:%S")


@pass_context
def minute(page: Context, at: datetime | None) -> str:
    """Hour and minute of the store's day."""
    return NOT_KNOWN if at is None else _local(page, at).strftime("%H:%M")


@pass_context
def day(page: Context, at: datetime | date | None) -> str:
    """The date, with the month's short name."""
    if at is None:
        return NOT_KNOWN
    local = _local(page, at).date() if isinstance(at, datetime) else at
    return dates.format_date(local, "medium", locale=_locale(page))


@pass_context
def moment(page: Context, at: datetime | None) -> str:
    """Date and time, to the minute."""
    if at is None:
        return NOT_KNOWN
    local = _local(page, at)
    return f"{_month_day(local.date(), _locale(page))}, {local:%H:%M}"


@pass_context
def weekday(page: Context, number: int) -> str:
    """The short name of a day of the week; 1 is Monday."""
    return str(dates.get_day_names("abbreviated", locale=_locale(page))[number - 1])


def iso(at: datetime) -> str:
    """For machines: the `datetime` attribute of a `time`."""
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


@pass_context
def whole(page: Context, value: float | None) -> str:
    """A whole number with its thousands."""
    if value is None:
        return NOT_KNOWN
    return numbers.format_decimal(round(value), locale=_locale(page))


@pass_context
def decimal(page: Context, value: float | None, places: int = 1) -> str:
    """A number with this many decimals."""
    if value is None:
        return NOT_KNOWN
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return numbers.format_decimal(value, pattern, locale=_locale(page))


@pass_context
def percent(page: Context, share: float | None, places: int = 0) -> str:
    """A share of 0..1 as a percentage."""
    if share is None:
        return NOT_KNOWN
    pattern = "#,##0." + "0" * places if places else "#,##0"
    return numbers.format_percent(share, locale=_locale(page), format=f"{pattern}%")


@pass_context
def signed(page: Context, share: float) -> str:
    """A change as a percentage with its sign."""
    return f"{'−' if share < 0 else '+'}{percent(page, abs(share))}"


@pass_context
def points(page: Context, share: float | None) -> str:
    """A difference of shares in percentage points, with its sign."""
    if share is None:
        return NOT_KNOWN
    shown = numbers.format_decimal(abs(100 * share), "#,##0.0", locale=_locale(page))
    return f"{'−' if share < 0 else '+'}{shown}"


@pass_context
def money(page: Context, minor: float | None) -> str:
    """An amount in minor units of the store's currency."""
    if minor is None:
        return NOT_KNOWN
    currency = str(page["currency"])
    places = numbers.get_currency_precision(currency)
    amount = Decimal(round(minor)) / 10**places
    return numbers.format_currency(amount, currency, locale=_locale(page))


@lru_cache(512)
def _month_day(local: date, locale: str) -> str:
    """Day and short month; a page of a list says the same few days fifty times."""
    return str(dates.format_skeleton("MMMd", local, locale=locale))


def _locale(page: Context) -> str:
    return str(locale_of(str(page["language"])))


def _local(page: Context, at: datetime) -> datetime:
    return at.astimezone(ZoneInfo(str(page["timezone"])))


FILTERS: dict[str, Callable[..., str]] = {
    "clock": clock,
    "minute": minute,
    "day": day,
    "moment": moment,
    "weekday": weekday,
    "iso": iso,
    "whole": whole,
    "decimal": decimal,
    "percent": percent,
    "signed": signed,
    "points": points,
    "money": money,
}
