"""The kill switch of a store in the database."""

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from store_server.clock import from_ms, to_ms
from store_server.database import upsert
from store_server.decisions.kill_switch import KillSwitch
from store_server.decisions.tables import KillSwitchRow
from store_server.ids import Scope

# Asked for every decision: prepared once.
_IS_ON = select(col(KillSwitchRow.is_on)).where(
    col(KillSwitchRow.org) == bindparam("org"), col(KillSwitchRow.store) == bindparam("store")
)


class SwitchRepository:
    """Where the switch of one store stands."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def is_on(self) -> bool:
        """Whether the store is silenced: asked at each decision."""
        where = {"org": self._scope.org, "store": self._scope.store}
        return bool(self._session.connection().execute(_IS_ON, where).scalar_one_or_none())

    def read(self) -> KillSwitch:
        """Where it stands, since when, and why."""
        row = self._session.get(
            KillSwitchRow, (self._scope.org, self._scope.store), populate_existing=True
        )
        if row is None:
            return KillSwitch()
        return KillSwitch(row.is_on, from_ms(row.since_ms), row.note)

    def move(self, switch: KillSwitch) -> None:
        """Keep where it stands from now on; `since` must be given."""
        if switch.since is None:
            raise ValueError("a switch that is moved has an instant")
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "is_on": switch.is_on,
            "note": switch.note,
            "since_ms": to_ms(switch.since),
        }
        upsert(self._session, KillSwitchRow, [row], keys=["org", "store"])
