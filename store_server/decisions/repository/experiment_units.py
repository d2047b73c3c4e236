"""Which arm each unit was given first, in the database: the organisation's, whatever the store."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, delete, select
from sqlmodel import Session, col

from store_server.database import insert_new
from store_server.decisions.tables import ExperimentUnitRow
from store_server.ids import HouseholdId, Scope, ShopperId

UNITS_AT_ONCE = 1_000
# Asked for every decision: prepared once.
_OF = select(
    col(ExperimentUnitRow.experiment),
    col(ExperimentUnitRow.unit),
    col(ExperimentUnitRow.arm),
    col(ExperimentUnitRow.phase),
).where(
    col(ExperimentUnitRow.org) == bindparam("org"),
    col(ExperimentUnitRow.experiment).in_(bindparam("experiments", expanding=True)),
    col(ExperimentUnitRow.unit).in_(bindparam("units", expanding=True)),
)


class GivenArm(NamedTuple):
    """The arm that a unit was given first, and in which phase that was."""

    experiment: str
    unit: str
    arm: str
    phase: int


class ExperimentUnitRepository:
    """Arms that were given; each is written once and stays."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def give(self, arms: Iterable[GivenArm], *, shopper: ShopperId | None, at_ms: int) -> int:
        """Keep those of units that have none yet; how many. `shopper`: whose own unit it is."""
        rows: list[dict[str, object]] = [
            {"org": self._org, **one._asdict(), "shopper": shopper, "at_ms": at_ms} for one in arms
        ]
        return insert_new(self._session, ExperimentUnitRow, rows) if rows else 0

    def of(
        self, units: Collection[str], experiments: Collection[str]
    ) -> dict[tuple[str, str], GivenArm]:
        """What these units were given, by (experiment, unit)."""
        wanted, found = sorted(set(units)), dict[tuple[str, str], GivenArm]()
        for start in range(0, len(wanted), UNITS_AT_ONCE):
            asked = {
                "org": self._org,
                "experiments": list(experiments),
                "units": wanted[start : start + UNITS_AT_ONCE],
            }
            rows = self._session.connection().execute(_OF, asked)
            found.update({(row[0], row[1]): GivenArm(*row) for row in rows})
        return found

    def forget_household(self, household: HouseholdId) -> int:
        """Delete what a household was given in which nobody is left; how many."""
        return self._delete(col(ExperimentUnitRow.unit) == f"h:{household}")

    def forget(self, shopper: ShopperId) -> int:
        """Delete what a shopper was given under their own name; how many."""
        return self._delete(col(ExperimentUnitRow.shopper) == shopper)

    def _delete(self, which: ColumnElement[bool]) -> int:
        gone = self._session.connection().execute(
            delete(ExperimentUnitRow).where(col(ExperimentUnitRow.org) == self._org, which)
        )
        return int(gone.rowcount)
