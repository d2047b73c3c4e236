"""Events of shoppers, their kinds, and complaints: rows of the organisation."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, update
from sqlalchemy.sql.selectable import SelectBase
from sqlmodel import Session, col

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new, upsert
from store_server.ids import Scope, ShopperId
from store_server.shoppers.attributes import Attribute, AttributeType, AttributeValue
from store_server.shoppers.complaint import Complaint
from store_server.shoppers.consent import Purpose
from store_server.shoppers.event import Event, EventField, EventKind
from store_server.shoppers.repository.rows import chunks
from store_server.shoppers.tables import ComplaintRow, EventKindRow, ShopperEventRow

_EVENT = ShopperEventRow


class KeptEvent(NamedTuple):
    """An event as it is kept: what it says is plain JSON."""

    id: str
    kind: str
    at: datetime
    said: Mapping[str, object]


class ShopperEventRepository:
    """What retailers told of shoppers, and what they may tell."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def kinds(self) -> dict[str, EventKind]:
        """Every declared kind, by name."""
        rows = self._session.execute(
            select(EventKindRow)
            .where(col(EventKindRow.org) == self._org)
            .order_by(col(EventKindRow.kind))
            .execution_options(populate_existing=True)
        )
        return {row.kind: _kind(row) for row in rows.scalars()}

    def declare(self, kind: EventKind) -> None:
        """Keep a kind, or the same one anew."""
        row: dict[str, object] = {
            "org": self._org,
            "kind": kind.kind,
            "purpose": kind.purpose.value,
            "fields": json.dumps([_field_document(one) for one in kind.fields]),
            "item_field": kind.item_field,
            "amount_field": kind.amount_field,
            "keep_days": kind.keep_days,
        }
        upsert(self._session, EventKindRow, [row], keys=["org", "kind"])

    def in_use(self, kind: str) -> bool:
        """Whether there is an event of the kind."""
        found = select(col(_EVENT.event_id)).where(
            col(_EVENT.org) == self._org, col(_EVENT.kind) == kind
        )
        return self._session.execute(found.limit(1)).first() is not None

    def known(self, event_ids: Iterable[str]) -> frozenset[str]:
        """Those of these ids that were taken before."""
        found: set[str] = set()
        for chunk in chunks(event_ids):
            rows = self._session.execute(
                select(col(_EVENT.event_id)).where(
                    col(_EVENT.org) == self._org, col(_EVENT.event_id).in_(chunk)
                )
            )
            found.update(rows.scalars())
        return frozenset(found)

    def add(self, events: Sequence[Event], *, at: datetime) -> int:
        """Keep these events, each id once; how many were new."""
        rows: list[dict[str, object]] = [
            {
                "org": self._org,
                "event_id": one.id,
                "shopper": one.shopper,
                "kind": one.kind,
                "item": one.item,
                "amount": one.amount,
                "at_ms": to_ms(one.at),
                "said": json.dumps({name: _plain(value) for name, value in one.said.items()}),
                "taken_at_ms": to_ms(at),
            }
            for one in events
        ]
        return insert_new(self._session, _EVENT, rows)

    def event_rows(self) -> SelectBase:
        """Every event, to be read inside another statement (segments count them).

        Columns: shopper, at_ms, kind, item, amount.
        """
        return select(
            col(_EVENT.shopper).label("shopper"),
            col(_EVENT.at_ms).label("at_ms"),
            col(_EVENT.kind).label("kind"),
            col(_EVENT.item).label("item"),
            col(_EVENT.amount).label("amount"),
        ).where(col(_EVENT.org) == self._org)

    def of_shopper(self, shopper: str) -> list[KeptEvent]:
        """What is kept of a shopper, oldest first: for their own download."""
        rows = self._session.execute(
            select(_EVENT)
            .where(col(_EVENT.org) == self._org, col(_EVENT.shopper) == shopper)
            .order_by(col(_EVENT.at_ms), col(_EVENT.event_id))
            .execution_options(populate_existing=True)
        )
        return [
            KeptEvent(row.event_id, row.kind, from_ms(row.at_ms), json.loads(row.said))
            for row in rows.scalars()
        ]

    def expire(self, *, now: datetime, limit: int) -> int:
        """Take away at most `limit` events that were kept long enough; how many."""
        gone = 0
        for kind in self.kinds().values():
            before_ms = to_ms(now - timedelta(days=kind.keep_days))
            old = (
                select(col(_EVENT.event_id))
                .where(
                    col(_EVENT.org) == self._org,
                    col(_EVENT.kind) == kind.kind,
                    col(_EVENT.at_ms) <= before_ms,
                )
                .limit(limit - gone)
            )
            statement = delete(_EVENT).where(
                col(_EVENT.org) == self._org, col(_EVENT.event_id).in_(old.scalar_subquery())
            )
            gone += int(self._session.connection().execute(statement).rowcount)
            if gone >= limit:
                break
        return gone

    def forget(self, shopper: str, *, purpose: Purpose) -> int:
        """Take away the shopper's events that were for a purpose; how many."""
        kinds = [one.kind for one in self.kinds().values() if one.purpose is purpose]
        gone = self._session.connection().execute(
            delete(_EVENT).where(
                col(_EVENT.org) == self._org,
                col(_EVENT.shopper) == shopper,
                col(_EVENT.kind).in_(kinds),
            )
        )
        return int(gone.rowcount)


class ComplaintRepository:
    """Complaints, open and closed."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def find(self, complaint_id: str) -> Complaint | None:
        """The complaint of this id."""
        row = self._session.get(ComplaintRow, (self._org, complaint_id), populate_existing=True)
        return None if row is None else _complaint(row)

    def open(self, complaint: Complaint) -> bool:
        """Write a complaint down; False when its id is taken."""
        row: dict[str, object] = {
            "org": self._org,
            "complaint_id": complaint.id,
            "shopper": complaint.shopper,
            "topic": complaint.topic,
            "opened_at_ms": to_ms(complaint.opened_at),
            "closed_at_ms": None,
        }
        return insert_new(self._session, ComplaintRow, [row]) == 1

    def close(self, complaint_id: str, *, at: datetime) -> None:
        """Note the end of a complaint; the first one counts."""
        self._session.connection().execute(
            update(ComplaintRow)
            .where(
                col(ComplaintRow.org) == self._org,
                col(ComplaintRow.complaint_id) == complaint_id,
                col(ComplaintRow.closed_at_ms).is_(None),
            )
            .values(closed_at_ms=to_ms(at))
        )

    def open_among(self, shoppers: Iterable[str]) -> frozenset[ShopperId]:
        """Those of these shoppers who have an open complaint."""
        found: set[ShopperId] = set()
        for chunk in chunks(shoppers):
            found |= set(
                self._session.scalars(
                    select(col(ComplaintRow.shopper)).where(
                        col(ComplaintRow.org) == self._org,
                        col(ComplaintRow.shopper).in_(chunk),
                        col(ComplaintRow.closed_at_ms).is_(None),
                    )
                )
            )
        return frozenset(ShopperId(one) for one in found)

    def of_shopper(self, shopper: str) -> list[Complaint]:
        """The shopper's complaints, oldest first."""
        rows = self._session.execute(
            select(ComplaintRow)
            .where(col(ComplaintRow.org) == self._org, col(ComplaintRow.shopper) == shopper)
            .order_by(col(ComplaintRow.opened_at_ms), col(ComplaintRow.complaint_id))
            .execution_options(populate_existing=True)
        )
        return [_complaint(row) for row in rows.scalars()]


def _complaint(row: ComplaintRow) -> Complaint:
    return Complaint(
        id=row.complaint_id,
        shopper=ShopperId(row.shopper),
        topic=row.topic,
        opened_at=from_ms(row.opened_at_ms),
        closed_at=None if row.closed_at_ms is None else from_ms(row.closed_at_ms),
    )


def _kind(row: EventKindRow) -> EventKind:
    fields = tuple(
        EventField(
            Attribute(one["name"], AttributeType(one["type"]), tuple(one["choices"])),
            one["required"],
        )
        for one in json.loads(row.fields)
    )
    return EventKind(
        row.kind, Purpose(row.purpose), fields, row.item_field, row.amount_field, row.keep_days
    )


def _field_document(field: EventField) -> dict[str, object]:
    attribute = field.attribute
    return {
        "name": attribute.name,
        "type": attribute.type.value,
        "choices": attribute.choices,
        "required": field.required,
    }


def _plain(value: AttributeValue) -> object:
    return value.isoformat() if isinstance(value, date) else value
