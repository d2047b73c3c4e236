"""Merges of shoppers, and the facts that they move: rows of the organisation.

While a merge stands its absorbed shopper has no row: no segment counts them and nothing is
addressed to them. What they were stands in the merge, their words stay in the ledger.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import bindparam, delete, insert, select, update
from sqlmodel import Session, SQLModel, col

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import HouseholdId, Scope, ShopperId
from store_server.shoppers.merge import (
    AttributeSaid,
    Facts,
    Merge,
    MergeNotes,
    Thing,
    Undo,
)
from store_server.shoppers.profile import random_bucket
from store_server.shoppers.repository.rows import chunks
from store_server.shoppers.tables import (
    ComplaintRow,
    InstallRow,
    MergeRow,
    ShopperAttributeRow,
    ShopperEventRow,
    ShopperProfileRow,
    ShopperRow,
)

# Rows that are moved by changing whose they are, by kind of thing, with the column of their id.
_MOVED: dict[str, tuple[type[SQLModel], str]] = {
    "install": (InstallRow, "install_id"),
    "event": (ShopperEventRow, "event_id"),
    "complaint": (ComplaintRow, "complaint_id"),
}
_COLUMNS = ("text_value", "folded", "number_value", "flag_value", "date_value")

# Asked for every decision: prepared once.
_ABSORBED = select(col(MergeRow.shopper), col(MergeRow.kept)).where(
    col(MergeRow.org) == bindparam("org"),
    col(MergeRow.split_at_ms).is_(None),
    col(MergeRow.kept).in_(bindparam("names", expanding=True)),
)


class MergeRepository:
    """Who is one with whom."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def current(self, shopper: str) -> ShopperId:
        """What the shopper is known as by now; the name itself when it was never absorbed."""
        return self.current_of([ShopperId(shopper)])[ShopperId(shopper)]

    def current_of(self, shoppers: Iterable[ShopperId]) -> dict[ShopperId, ShopperId]:
        """What each of these is known as by now."""
        found = {one: one for one in shoppers}
        wanted: set[str] = set(found)
        while wanted:
            kept = self._kept_of(wanted)
            found = {one: ShopperId(kept.get(now, now)) for one, now in found.items()}
            wanted = set(kept.values())
        return found

    def names(self, shopper: str) -> frozenset[str]:
        """Every name of the person that goes by this one."""
        return frozenset(self.names_of([self.current(shopper)]))

    def names_of(self, shoppers: Iterable[ShopperId]) -> dict[str, ShopperId]:
        """Every name that these shoppers were ever merged from, with who goes by it now."""
        found: dict[str, ShopperId] = {one: one for one in shoppers}
        wanted: list[str] = list(found)
        while wanted:
            asked = {"org": self._org, "names": wanted}
            rows = self._session.connection().execute(_ABSORBED, asked)
            # Merges form a forest: an absorbed name has one keeper, and is met once more at most.
            moved = {absorbed: found[kept] for absorbed, kept in rows}
            wanted = [name for name, now in moved.items() if found.get(name) != now]
            found |= moved
        return found

    def add(self, merge: Merge) -> None:
        """Write a merge down."""
        row: dict[str, object] = {
            "org": self._org,
            "merge_id": merge.id,
            "shopper": merge.absorbed,
            "kept": merge.kept,
            "undo": msgspec.json.encode(merge.notes).decode(),
            "merged_at_ms": to_ms(merge.merged_at),
            "split_at_ms": None,
        }
        insert_new(self._session, MergeRow, [row])

    def find(self, merge_id: str) -> Merge | None:
        """The merge of this id, whether it stands or not."""
        row = self._session.get(MergeRow, (self._org, merge_id), populate_existing=True)
        return None if row is None else _merge(row)

    def of(self, shopper: str) -> list[Merge]:
        """Every merge that the shopper took part in, the newest first."""
        rows = self._session.execute(
            select(MergeRow)
            .where(
                col(MergeRow.org) == self._org,
                (col(MergeRow.kept) == shopper) | (col(MergeRow.shopper) == shopper),
            )
            .order_by(col(MergeRow.merged_at_ms).desc(), col(MergeRow.merge_id))
            .execution_options(populate_existing=True)
        )
        return [_merge(row) for row in rows.scalars()]

    def close(self, merge_id: str, *, at: datetime) -> None:
        """Note that a merge was taken back; what it kept for that is not needed any more."""
        self._session.connection().execute(
            update(MergeRow)
            .where(col(MergeRow.org) == self._org, col(MergeRow.merge_id) == merge_id)
            .values(split_at_ms=to_ms(at), undo="{}")
        )

    def forget(self, shopper: str) -> int:
        """Take away every merge that names the shopper; how many."""
        gone = self._session.connection().execute(
            delete(MergeRow).where(
                col(MergeRow.org) == self._org,
                (col(MergeRow.kept) == shopper) | (col(MergeRow.shopper) == shopper),
            )
        )
        return int(gone.rowcount)

    def facts(self, shopper: str) -> tuple[Facts, datetime] | None:
        """What stands in shoppers' rows but identities and consent, and when they were made."""
        row = self._session.get(ShopperRow, (self._org, shopper), populate_existing=True)
        if row is None:
            return None
        said = self._session.get(ShopperProfileRow, (self._org, shopper), populate_existing=True)
        facts = Facts(
            household=None if row.household is None else HouseholdId(row.household),
            language=row.language,
            staff=said is not None and said.staff,
            channels=frozenset(_names(said.channels) if said else ()),
            excluded=frozenset(_names(said.excluded) if said else ()),
            attributes=self._attributes(shopper),
            things=frozenset(self._things(shopper)),
        )
        return facts, from_ms(row.created_at_ms)

    def write(self, shopper: str, facts: Facts, *, created_at: datetime, at: datetime) -> None:
        """Make the shopper's rows say these facts; what was worked out is forgotten until night."""
        self.take_off(shopper)
        key: dict[str, object] = {"org": self._org, "shopper": shopper}
        connection = self._session.connection()
        row = {
            "household": facts.household,
            "language": facts.language,
            "created_at_ms": to_ms(created_at),
            "random_bucket": random_bucket(org=self._org, shopper=shopper),
        }
        connection.execute(insert(ShopperRow), [key | row])
        open_ones = self._open_complaints(shopper)
        if facts.staff or facts.channels or facts.excluded or open_ones:
            profile = {
                "channels": _listed(facts.channels),
                "excluded": _listed(facts.excluded),
                "open_complaints": open_ones,
                "staff": facts.staff,
                "known_at_ms": to_ms(at),
            }
            connection.execute(insert(ShopperProfileRow), [key | profile])
        attributes = [
            key
            | {"name": name, "said_at_ms": said.at_ms}
            | dict(zip(_COLUMNS, said[1:], strict=True))
            for name, said in sorted(facts.attributes.items())
        ]
        if attributes:
            connection.execute(insert(ShopperAttributeRow), attributes)

    def take_off(self, shopper: str) -> None:
        """Take away the shopper's own rows but consent, identities and things."""
        for table in (ShopperAttributeRow, ShopperProfileRow, ShopperRow):
            self._session.connection().execute(
                delete(table).where(col(table.org) == self._org, col(table.shopper) == shopper)
            )

    def move(self, things: Iterable[Thing], *, to: str) -> None:
        """Make installs, events and complaints somebody else's; other kinds are left alone."""
        wanted: dict[str, list[str]] = {}
        for thing in things:
            wanted.setdefault(thing.kind, []).append(thing.id)
        for kind, (table, id_column) in _MOVED.items():
            columns = table.__table__.c  # type: ignore[attr-defined] # SQLModel's stubs do not show it
            for chunk in chunks(wanted.get(kind, ())):
                self._session.connection().execute(
                    update(table)
                    .where(columns.org == self._org, columns[id_column].in_(chunk))
                    .values(shopper=to)
                )

    def _kept_of(self, absorbed: Iterable[str]) -> dict[str, str]:
        """Who those of these names who are absorbed were merged into."""
        found: dict[str, str] = {}
        for chunk in chunks(absorbed):
            rows = self._session.execute(
                select(col(MergeRow.shopper), col(MergeRow.kept)).where(
                    col(MergeRow.org) == self._org,
                    col(MergeRow.split_at_ms).is_(None),
                    col(MergeRow.shopper).in_(chunk),
                )
            )
            found |= {row[0]: row[1] for row in rows}
        return found

    def _attributes(self, shopper: str) -> dict[str, AttributeSaid]:
        row = ShopperAttributeRow
        columns = [getattr(row, name) for name in _COLUMNS]
        rows = self._session.execute(
            select(col(row.name), col(row.said_at_ms), *columns).where(
                col(row.org) == self._org, col(row.shopper) == shopper
            )
        )
        return {name: AttributeSaid(*values) for name, *values in rows}

    def _things(self, shopper: str) -> Iterable[Thing]:
        for kind, (table, id_column) in _MOVED.items():
            columns = table.__table__.c  # type: ignore[attr-defined] # SQLModel's stubs do not show it
            ids = self._session.execute(
                select(columns[id_column]).where(
                    columns.org == self._org, columns.shopper == shopper
                )
            )
            yield from (Thing(kind, one) for one in ids.scalars())

    def _open_complaints(self, shopper: str) -> int:
        row = ComplaintRow
        found = self._session.execute(
            select(col(row.complaint_id)).where(
                col(row.org) == self._org,
                col(row.shopper) == shopper,
                col(row.closed_at_ms).is_(None),
            )
        )
        return len(found.all())


def _merge(row: MergeRow) -> Merge:
    standing = row.split_at_ms is None and row.undo != "{}"
    nothing = MergeNotes(Undo(Facts(), Facts()), 0)
    return Merge(
        id=row.merge_id,
        absorbed=ShopperId(row.shopper),
        kept=ShopperId(row.kept),
        notes=msgspec.json.decode(row.undo, type=MergeNotes) if standing else nothing,
        merged_at=from_ms(row.merged_at_ms),
        split_at=None if row.split_at_ms is None else from_ms(row.split_at_ms),
    )


def _names(listed: str) -> Sequence[str]:
    return msgspec.json.decode(listed, type=list[str])


def _listed(names: Iterable[str]) -> str:
    return msgspec.json.encode(sorted(names)).decode()
