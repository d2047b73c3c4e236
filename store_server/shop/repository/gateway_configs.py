"""The newest configuration that was sent to each gateway."""

from datetime import datetime

from sqlmodel import Session, select

from proximity_wire.messages import GatewayConfig, decode, encode
from store_server.clock import to_ms
from store_server.database import upsert
from store_server.ids import Scope
from store_server.shop.tables import GatewayConfigRow


class GatewayConfigRepository:
    """The newest configuration of each gateway of one store."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def save(self, config: GatewayConfig, *, at: datetime) -> None:
        """Put this configuration in the place of the gateway's one before."""
        row: dict[str, object] = {
            "org": self._scope.org,
            "store": self._scope.store,
            "gateway": config.gateway,
            "version": config.version,
            "document": encode(config).decode(),
            "pushed_at_ms": to_ms(at),
        }
        upsert(self._session, GatewayConfigRow, [row], keys=["org", "store", "gateway"])

    def newest(self) -> dict[str, GatewayConfig]:
        """The newest configuration by gateway; gateways that were sent none are not there."""
        rows = self._session.exec(
            select(GatewayConfigRow).where(
                GatewayConfigRow.org == self._scope.org, GatewayConfigRow.store == self._scope.store
            )
        )
        return {row.gateway: decode(row.document.encode(), GatewayConfig) for row in rows}
