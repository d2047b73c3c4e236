"""Shoppers and their apps: rows of the organisation."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import func
from sqlmodel import Session, SQLModel, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.database import upsert
from store_server.ids import HouseholdId, Scope, ShopperId
from store_server.shoppers.profile import random_bucket
from store_server.shoppers.repository.rows import CHUNK_ROWS, FRESH, chunks
from store_server.shoppers.shopper import Install, Shopper
from store_server.shoppers.tables import (
    ChannelConsentRow,
    ComplaintRow,
    ConsentRow,
    ContactRow,
    IdentityRow,
    InstallRow,
    MergeRow,
    ShopperAttributeRow,
    ShopperEventRow,
    ShopperProfileRow,
    ShopperRow,
)


class ShopperRepository:
    """Who the shoppers are."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def get(self, shopper: str) -> Shopper | None:
        """The shopper of this id."""
        row = self._session.get(ShopperRow, (self._org, shopper), populate_existing=True)
        return _shopper(row) if row else None

    def save(self, shoppers: Iterable[Shopper]) -> None:
        """Insert these, or overwrite household and language of those that are there."""
        latest = {one.id: one for one in shoppers}
        known = self.by_id(latest)
        rows = [
            self._values(
                replace(one, created_at=known[name].created_at if name in known else one.created_at)
            )
            for name, one in latest.items()
        ]
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            upsert(self._session, ShopperRow, chunk, keys=["org", "shopper"])

    def by_id(self, shoppers: Iterable[str]) -> dict[ShopperId, Shopper]:
        """The known ones of these shoppers."""
        found: dict[ShopperId, Shopper] = {}
        for chunk in chunks(shoppers):
            rows = self._session.exec(
                select(ShopperRow).where(
                    ShopperRow.org == self._org, col(ShopperRow.shopper).in_(chunk)
                ),
                execution_options=FRESH,
            )
            found.update({ShopperId(row.shopper): _shopper(row) for row in rows})
        return found

    def household_of_one(self, shopper: str) -> HouseholdId | None:
        """The household in which nobody else lives; None: there is none, or others do."""
        found = self.get(shopper)
        if found is None or found.household is None:
            return None
        others = self._session.exec(
            select(ShopperRow.shopper).where(
                ShopperRow.org == self._org,
                ShopperRow.household == found.household,
                ShopperRow.shopper != shopper,
            )
        ).first()
        return found.household if others is None else None

    def sample(self, most: int) -> list[ShopperId]:
        """At most `most` shoppers by their random bucket: a fair sample, each time the same."""
        rows = self._session.exec(
            select(ShopperRow.shopper)
            .where(ShopperRow.org == self._org)
            .order_by(col(ShopperRow.random_bucket), col(ShopperRow.shopper))
            .limit(most)
        )
        return [ShopperId(name) for name in rows]

    def after(self, shopper: str, *, limit: int) -> list[ShopperId]:
        """The next shoppers by id, `limit` at most; "" is before the first."""
        rows = self._session.exec(
            select(ShopperRow.shopper)
            .where(ShopperRow.org == self._org, ShopperRow.shopper > shopper)
            .order_by(col(ShopperRow.shopper))
            .limit(limit)
        )
        return [ShopperId(name) for name in rows]

    def count(self) -> int:
        """How many shoppers the organisation knows."""
        counted = select(func.count()).select_from(ShopperRow)
        return self._session.exec(counted.where(ShopperRow.org == self._org)).one()

    def add_install(self, install: Install) -> None:
        """Note an app on a phone; registered again, it is brought up to date."""
        row: dict[str, object] = {
            "org": self._org,
            "install_id": install.install_id,
            "shopper": install.shopper,
            "platform": install.platform,
            "app_version": install.app_version,
            "push_capable": install.push_capable,
            "registered_at_ms": to_ms(install.registered_at),
        }
        upsert(self._session, InstallRow, [row], keys=["org", "install_id"])

    def installs(self, shopper: str) -> tuple[Install, ...]:
        """The apps of a shopper, oldest first."""
        rows = self._session.exec(
            select(InstallRow)
            .where(InstallRow.org == self._org, InstallRow.shopper == shopper)
            .order_by(col(InstallRow.registered_at_ms), col(InstallRow.install_id))
        )
        return tuple(_install(row) for row in rows)

    def forget_shopper(self, shopper: str) -> int:
        """Take every row of a shopper away, here and in the rooms' tables beside; how many."""
        tables: tuple[type[SQLModel], ...] = (
            ShopperEventRow,
            ComplaintRow,
            MergeRow,
            ShopperAttributeRow,
            ShopperProfileRow,
            InstallRow,
            ConsentRow,
            ContactRow,
            ChannelConsentRow,
            IdentityRow,
            ShopperRow,
        )
        return sum(self._delete(table, shopper) for table in tables)

    def _delete(self, table: type[SQLModel], shopper: str) -> int:
        columns = table.__table__.c  # type: ignore[attr-defined] # SQLModel's stubs do not show it
        statement = delete(table).where(columns.org == self._org, columns.shopper == shopper)
        return int(self._session.exec(statement).rowcount)

    def _values(self, shopper: Shopper) -> dict[str, object]:
        return {
            "org": self._org,
            "shopper": shopper.id,
            "household": shopper.household,
            "language": shopper.language,
            "created_at_ms": to_ms(shopper.created_at),
            "random_bucket": random_bucket(org=self._org, shopper=shopper.id),
        }


def _shopper(row: ShopperRow) -> Shopper:
    household = HouseholdId(row.household) if row.household is not None else None
    return Shopper(ShopperId(row.shopper), household, row.language, from_ms(row.created_at_ms))


def _install(row: InstallRow) -> Install:
    return Install(
        install_id=row.install_id,
        shopper=ShopperId(row.shopper),
        platform="ios" if row.platform == "ios" else "android",
        app_version=row.app_version,
        push_capable=row.push_capable,
        registered_at=from_ms(row.registered_at_ms),
    )
