"""How each gateway stands, as far as the server has heard.

The board is a mapping gateway -> `GatewayLive`; a flow replaces values, never changes them.
"""

from dataclasses import dataclass, field

from store_server.presence.batch_ledger import BatchLedger


@dataclass(frozen=True, slots=True)
class GatewayLive:
    """One gateway: what its retained state said, how far its batches are taken, its last health.

    `state_known` is False while only batches have been heard of it; it then counts as online.
    `last_sent_at_ms` is the stamp of its newest applied batch, None before the first one since
    the server subscribed. Counts are over all its spools, and survive a restart.
    """

    gateway: str
    online: bool = True
    state_known: bool = False
    boot_id: str | None = None
    config_version: int = 0
    confirmed: bool = True
    state_at_ms: int | None = None
    last_sent_at_ms: int | None = None
    applied_batches: int = 0
    duplicates: int = 0
    quarantined: int = 0
    lost_batches: int = 0
    ledger: BatchLedger | None = None
    health_at_ms: int | None = None
    health: dict[str, object] = field(default_factory=dict)

    @property
    def spool_id(self) -> str | None:
        """The spool whose batches were heard last."""
        return self.ledger.spool_id if self.ledger else None

    @property
    def through_seq(self) -> int:
        """All batches of that spool up to here are taken."""
        return self.ledger.through_seq if self.ledger else 0
