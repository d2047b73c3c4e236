"""What shoppers agreed to, as a ledger: rows of the organisation."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import bindparam
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new
from store_server.ids import Scope, ShopperId, natural_id
from store_server.shoppers.consent import ConsentEntry, Purpose, unbroken_since
from store_server.shoppers.repository.rows import chunks
from store_server.shoppers.tables import ConsentRow

# Asked for every batch of sightings: three columns and one prepared statement, no rows.
_SAID = sqlalchemy_select(
    col(ConsentRow.shopper), col(ConsentRow.granted), col(ConsentRow.at_ms)
).where(
    col(ConsentRow.org) == bindparam("org"),
    col(ConsentRow.purpose) == bindparam("purpose"),
    col(ConsentRow.at_ms) <= bindparam("at_ms"),
    col(ConsentRow.shopper).in_(bindparam("shoppers", expanding=True)),
)


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
        for chunk in chunks(shoppers):
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
        for chunk in chunks(shoppers):
            asked = {"org": self._org, "purpose": purpose.value, "at_ms": to_ms(at)}
            found = self._session.connection().execute(_SAID, asked | {"shoppers": chunk})
            for shopper, granted, at_ms in found:
                said.setdefault(shopper, []).append((at_ms, not granted))
        since = ((ShopperId(who), unbroken_since(words)) for who, words in said.items())
        return {who: at_ms for who, at_ms in since if at_ms is not None}


def _entry(row: ConsentRow) -> ConsentEntry:
    return ConsentEntry(
        shopper=ShopperId(row.shopper),
        purpose=Purpose(row.purpose),
        granted=row.granted,
        at=from_ms(row.at_ms),
        source=row.source,
        text_version=row.text_version,
    )
