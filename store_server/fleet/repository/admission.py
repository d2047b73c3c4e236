"""Codes and accounts of gateways."""

from datetime import datetime

from sqlalchemy import select, update
from sqlmodel import col

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new, upsert
from store_server.fleet.admission import GatewayAccount, KeptCode
from store_server.fleet.hearing import DAY_MS
from store_server.fleet.repository.rows import FleetRows
from store_server.fleet.tables import EnrolmentCodeRow, GatewayAccountRow


class AdmissionRepository(FleetRows):
    """Codes and accounts."""

    def add_code(
        self, locator: str, *, gateway: str, sealed_key: str, made_by: str, expires_at: datetime
    ) -> bool:
        """Keep a code in the place of the gateway's others; False when its locator is taken."""
        self._forget(
            EnrolmentCodeRow,
            (col(EnrolmentCodeRow.gateway) == gateway)
            | (col(EnrolmentCodeRow.expires_at_ms) < to_ms(expires_at) - DAY_MS),
        )
        row = self._mine | {
            "locator": locator,
            "gateway": gateway,
            "sealed_key": sealed_key,
            "made_by": made_by,
            "expires_at_ms": to_ms(expires_at),
            "used_at_ms": None,
        }
        return insert_new(self._session, EnrolmentCodeRow, [row]) == 1

    def code(self, locator: str) -> KeptCode | None:
        """The code of this locator, over and used ones too."""
        row = self._session.get(
            EnrolmentCodeRow, (self._scope.org, self._scope.store, locator), populate_existing=True
        )
        if row is None:
            return None
        used = row.used_at_ms is not None
        return KeptCode(row.gateway, row.sealed_key, from_ms(row.expires_at_ms), used)

    def use_code(self, locator: str, *, at: datetime) -> bool:
        """Use a code up; False for everybody but the first."""
        used = self._session.connection().execute(
            update(EnrolmentCodeRow)
            .where(
                self._own(EnrolmentCodeRow),
                col(EnrolmentCodeRow.locator) == locator,
                col(EnrolmentCodeRow.used_at_ms).is_(None),
            )
            .values(used_at_ms=to_ms(at))
        )
        return used.rowcount == 1

    def drop_codes(self, gateway: str) -> None:
        """Void the codes of a gateway that were not used."""
        self._forget(
            EnrolmentCodeRow,
            col(EnrolmentCodeRow.gateway) == gateway,
            col(EnrolmentCodeRow.used_at_ms).is_(None),
        )

    def save_account(self, account: GatewayAccount) -> None:
        """Keep how a gateway stands, in the place of what was known."""
        row = self._mine | {
            "gateway": account.gateway,
            "key_id": account.key_id,
            "enrolled_at_ms": to_ms(account.enrolled_at) if account.enrolled_at else None,
            "revoked_at_ms": to_ms(account.revoked_at) if account.revoked_at else None,
        }
        upsert(self._session, GatewayAccountRow, [row], keys=["org", "store", "gateway"])

    def accounts(self) -> dict[str, GatewayAccount]:
        """Every gateway that was enrolled or revoked, by name."""
        columns = (
            col(GatewayAccountRow.gateway),
            col(GatewayAccountRow.key_id),
            col(GatewayAccountRow.enrolled_at_ms),
            col(GatewayAccountRow.revoked_at_ms),
        )
        rows = self._session.execute(select(*columns).where(self._own(GatewayAccountRow)))
        return {
            name: GatewayAccount(name, key_id, _instant(enrolled_ms), _instant(revoked_ms))
            for name, key_id, enrolled_ms, revoked_ms in rows
        }

    def revoked(self) -> frozenset[str]:
        """The gateways that are cut off."""
        return frozenset(name for name, one in self.accounts().items() if one.revoked_at)


def _instant(at_ms: int | None) -> datetime | None:
    return None if at_ms is None else from_ms(at_ms)
