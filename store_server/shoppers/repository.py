"""Shoppers, what they carry, what they agreed to: rows of the organisation."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, bindparam, func
from sqlalchemy import select as sqlalchemy_select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, col, delete, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new, upsert
from store_server.errors import Conflict
from store_server.ids import HouseholdId, Scope, ShopperId, natural_id
from store_server.shoppers.consent import ConsentEntry, Purpose, unbroken_since
from store_server.shoppers.identity import EnrolledIdentity, IdentityKind
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.shopper import Install, Shopper
from store_server.shoppers.tables import ConsentRow, IdentityRow, InstallRow, ShopperRow

CHUNK_ROWS = 1_000
# Asked for every batch of sightings: three columns and one prepared statement, no rows.
_SAID = sqlalchemy_select(
    col(ConsentRow.shopper), col(ConsentRow.granted), col(ConsentRow.at_ms)
).where(
    col(ConsentRow.org) == bindparam("org"),
    col(ConsentRow.purpose) == bindparam("purpose"),
    col(ConsentRow.at_ms) <= bindparam("at_ms"),
    col(ConsentRow.shopper).in_(bindparam("shoppers", expanding=True)),
)
# Rows are changed by statements, not through the session: what it remembers may be old.
_FRESH = {"populate_existing": True}


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
        for chunk in _chunks(shoppers):
            rows = self._session.exec(
                select(ShopperRow).where(
                    ShopperRow.org == self._org, col(ShopperRow.shopper).in_(chunk)
                ),
                execution_options=_FRESH,
            )
            found.update({ShopperId(row.shopper): _shopper(row) for row in rows})
        return found

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
        tables: tuple[type[SQLModel], ...] = (InstallRow, ConsentRow, IdentityRow, ShopperRow)
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
        }


class IdentityRepository:
    """What shoppers carry; keys are sealed before they reach the database."""

    def __init__(self, session: Session, scope: Scope, vault: KeyVault) -> None:
        self._session = session
        self._org = scope.org
        self._vault = vault

    def enrol(self, enrolled: EnrolledIdentity) -> None:
        """Keep an identity, or the same one anew.

        Raises:
            Conflict: this key or static identity is enrolled already, for another shopper or
                under another id.
        """
        try:
            with self._session.begin_nested():
                keys = ["org", "shopper", "identity_id"]
                upsert(self._session, IdentityRow, [self._values(enrolled)], keys=keys)
        except IntegrityError:
            raise _taken() from None

    def all(self) -> tuple[EnrolledIdentity, ...]:
        """Every identity of the organisation, by shopper and id."""
        return self._identities()

    def of(self, shopper: str) -> tuple[EnrolledIdentity, ...]:
        """What one shopper carries, by id."""
        return self._identities(col(IdentityRow.shopper) == shopper)

    def _identities(self, *conditions: ColumnElement[bool]) -> tuple[EnrolledIdentity, ...]:
        rows = self._session.exec(
            select(IdentityRow)
            .where(IdentityRow.org == self._org, *conditions)
            .order_by(IdentityRow.shopper, IdentityRow.identity_id)
            .execution_options(yield_per=CHUNK_ROWS, populate_existing=True)
        )
        return tuple(self._identity(row) for row in rows)

    def _values(self, one: EnrolledIdentity) -> dict[str, object]:
        secret = one.key
        name = self._vault.fingerprint(secret) if secret is not None else one.identity
        context = self._context(one.shopper, one.identity_id)
        sealed = self._vault.seal(secret, context=context) if secret is not None else None
        return {
            "org": self._org,
            "identity_id": one.identity_id,
            "shopper": one.shopper,
            "kind": one.kind,
            "sealed_key": sealed,
            "identity": one.identity,
            "fingerprint": name,
            "exponent": one.exponent,
            "clock_offset_s": one.clock_offset_s,
            "label": one.label,
        }

    def _identity(self, row: IdentityRow) -> EnrolledIdentity:
        context, sealed = self._context(row.shopper, row.identity_id), row.sealed_key
        key = self._vault.open(sealed, context=context) if sealed is not None else None
        return EnrolledIdentity(
            identity_id=row.identity_id,
            shopper=ShopperId(row.shopper),
            kind=cast("IdentityKind", row.kind),
            key=key,
            identity=row.identity,
            exponent=row.exponent,
            clock_offset_s=row.clock_offset_s,
            label=row.label,
        )

    def _context(self, shopper: str, identity_id: str) -> str:
        return f"identity/{self._org}/{shopper}/{identity_id}"


class ConsentRepository:
    """The ledger of consent: rows are added, never changed."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def add(self, entry: ConsentEntry, *, recorded_at: datetime) -> bool:
        """Write one word down; False when this very word stands there already (a repeat)."""
        values: dict[str, object] = {
            "shopper": entry.shopper,
            "purpose": entry.purpose.value,
            "granted": entry.granted,
            "at_ms": to_ms(entry.at),
            "source": entry.source,
            "text_version": entry.text_version,
        }
        entry_id = natural_id("consent", self._org, *(str(value) for value in values.values()))
        row = values | {
            "org": self._org,
            "entry_id": entry_id,
            "recorded_at_ms": to_ms(recorded_at),
        }
        return insert_new(self._session, ConsentRow, [row]) == 1

    def entries(self, shopper: str) -> tuple[ConsentEntry, ...]:
        """Every word of a shopper, oldest first."""
        return self.entries_of([shopper])

    def entries_of(
        self, shoppers: Sequence[str], *, purpose: Purpose | None = None
    ) -> tuple[ConsentEntry, ...]:
        """Every word of these shoppers (on one purpose), oldest first."""
        found: list[ConsentEntry] = []
        for chunk in _chunks(shoppers):
            statement = select(ConsentRow).where(
                ConsentRow.org == self._org, col(ConsentRow.shopper).in_(chunk)
            )
            if purpose is not None:
                statement = statement.where(ConsentRow.purpose == purpose.value)
            found += map(_entry, self._session.exec(statement))
        return tuple(sorted(found, key=lambda entry: (entry.at, not entry.granted)))

    def allowed_among(
        self, shoppers: Iterable[str], purpose: Purpose, *, at: datetime
    ) -> frozenset[ShopperId]:
        """Those of these shoppers who allow `purpose` at `at`; the same rule as `allowed`."""
        return frozenset(self.allowed_since(shoppers, purpose, at=at))

    def allowed_since(
        self, shoppers: Iterable[str], purpose: Purpose, *, at: datetime
    ) -> dict[ShopperId, int]:
        """Since when (UTC ms), without a break, those allow `purpose` who do at `at`."""
        said: dict[str, list[tuple[int, bool]]] = {}
        for chunk in _chunks(shoppers):
            asked = {"org": self._org, "purpose": purpose.value, "at_ms": to_ms(at)}
            found = self._session.connection().execute(_SAID, asked | {"shoppers": chunk})
            for shopper, granted, at_ms in found:
                said.setdefault(shopper, []).append((at_ms, not granted))
        since = ((ShopperId(who), unbroken_since(words)) for who, words in said.items())
        return {who: at_ms for who, at_ms in since if at_ms is not None}


def _chunks(names: Iterable[str]) -> Iterable[list[str]]:
    wanted = sorted(set(names))
    return (wanted[start : start + CHUNK_ROWS] for start in range(0, len(wanted), CHUNK_ROWS))


def _taken() -> Conflict:
    return Conflict(
        "this key or identity is enrolled already, for another shopper or under another id; "
        "forget it there first, or make a new key",
        code="identity_taken",
    )


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


def _entry(row: ConsentRow) -> ConsentEntry:
    return ConsentEntry(
        shopper=ShopperId(row.shopper),
        purpose=Purpose(row.purpose),
        granted=row.granted,
        at=from_ms(row.at_ms),
        source=row.source,
        text_version=row.text_version,
    )
