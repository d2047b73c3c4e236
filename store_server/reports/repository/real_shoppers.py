"""Which rows are of real shoppers: whoever is walked by hand counts in a simulated store alone."""

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from store_server.shoppers.simulated import PREFIX


def is_real(shopper: str | None) -> ColumnElement[bool]:
    """The condition that a row's column `shopper` names nobody who is walked by hand."""
    column = col(shopper)
    return or_(column.is_(None), column.not_like(f"{PREFIX}%"))
