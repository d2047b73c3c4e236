"""Attributes of shoppers and the schema they follow: rows of the organisation."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import bindparam, delete, func, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.database import upsert
from store_server.ids import Scope
from store_server.shoppers.attributes import Attribute, AttributeType, AttributeValue, fold
from store_server.shoppers.repository.rows import CHUNK_ROWS, chunks
from store_server.shoppers.tables import AttributeRow, ShopperAttributeRow

# Asked for every decision: prepared once.
_OF = (
    select(
        col(ShopperAttributeRow.shopper),
        col(ShopperAttributeRow.name),
        col(ShopperAttributeRow.text_value),
        col(ShopperAttributeRow.number_value),
        col(ShopperAttributeRow.flag_value),
        col(ShopperAttributeRow.date_value),
    )
    .where(
        col(ShopperAttributeRow.org) == bindparam("org"),
        col(ShopperAttributeRow.shopper).in_(bindparam("shoppers", expanding=True)),
    )
    .order_by(col(ShopperAttributeRow.shopper), col(ShopperAttributeRow.name))
)


class AttributeRepository:
    """What attributes there are, and what is said of whom."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def schema(self) -> dict[str, Attribute]:
        """Every declared attribute, by name."""
        rows = self._session.execute(
            select(
                col(AttributeRow.name),
                col(AttributeRow.type),
                col(AttributeRow.choices),
                col(AttributeRow.labels),
            )
            .where(col(AttributeRow.org) == self._org)
            .order_by(col(AttributeRow.name))
        )
        return {
            name: Attribute(name, AttributeType(kind), tuple(json.loads(choices)), json.loads(said))
            for name, kind, choices, said in rows
        }

    def declare(self, attribute: Attribute) -> None:
        """Keep a declaration, or the same one anew."""
        row: dict[str, object] = {
            "org": self._org,
            "name": attribute.name,
            "type": attribute.type.value,
            "choices": json.dumps(attribute.choices),
            "labels": json.dumps(dict(attribute.labels), sort_keys=True),
        }
        upsert(self._session, AttributeRow, [row], keys=["org", "name"])

    def values_in_use(self, name: str) -> set[str]:
        """The texts or choices that some shopper has of an attribute; "" for any other value."""
        rows = self._session.execute(
            select(func.coalesce(col(ShopperAttributeRow.text_value), ""))
            .where(col(ShopperAttributeRow.org) == self._org, col(ShopperAttributeRow.name) == name)
            .distinct()
        )
        return {value for (value,) in rows}

    def say(self, said: Mapping[str, Mapping[str, AttributeValue | None]], *, at: datetime) -> None:
        """Keep what is said of shoppers (shopper -> name -> value).

        None takes a value away; what is not named stays as it is.
        """
        row = ShopperAttributeRow
        connection = self._session.connection()
        for shopper, values in said.items():
            gone = [name for name, value in values.items() if value is None]
            if gone:
                mine = (col(row.org) == self._org, col(row.shopper) == shopper)
                connection.execute(delete(row).where(*mine, col(row.name).in_(gone)))
        rows = [
            {**_columns(value), **self._key(shopper, name), "said_at_ms": to_ms(at)}
            for shopper, values in said.items()
            for name, value in values.items()
            if value is not None
        ]
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            upsert(self._session, row, chunk, keys=["org", "shopper", "name"])

    def of(self, shoppers: Iterable[str]) -> dict[str, dict[str, AttributeValue]]:
        """What is said of these shoppers: shopper -> name -> value."""
        found: dict[str, dict[str, AttributeValue]] = {}
        for chunk in chunks(shoppers):
            rows = self._session.connection().execute(_OF, {"org": self._org, "shoppers": chunk})
            for shopper, name, text, number, flag, day in rows:
                found.setdefault(shopper, {})[name] = _value(text, number, flag, day)
        return found

    def forget(self, shopper: str) -> int:
        """Take away what is said of a shopper; how many values."""
        row = ShopperAttributeRow
        gone = self._session.connection().execute(
            delete(row).where(col(row.org) == self._org, col(row.shopper) == shopper)
        )
        return int(gone.rowcount)

    def _key(self, shopper: str, name: str) -> dict[str, object]:
        return {"org": self._org, "shopper": shopper, "name": name}


def _columns(value: AttributeValue) -> dict[str, object]:
    """The value in the column of its type."""
    text = value if isinstance(value, str) else None
    return {
        "text_value": text,
        "folded": None if text is None else fold(text),
        "number_value": value if isinstance(value, float) else None,
        "flag_value": int(value) if isinstance(value, bool) else None,
        "date_value": value.isoformat() if isinstance(value, date) else None,
    }


def _value(
    text: str | None, number: float | None, flag: int | None, day: str | None
) -> AttributeValue:
    if text is not None:
        return text
    if number is not None:
        return number
    if flag is not None:
        return bool(flag)
    assert day is not None
    return date.fromisoformat(day)
