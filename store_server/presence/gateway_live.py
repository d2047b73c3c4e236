"""How each gateway stands, as far as the server has heard.

The board is a mapping gateway -> `GatewayLive`; a flow replaces values, never changes them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from store_server.presence.gateway_clock import GatewayClock
from store_server.presence.spool_progress import SpoolProgress

# A gateway sends each second. What was heard this shortly before the last one of all was there.
AWAITED_MS = 60_000


@dataclass(frozen=True, slots=True)
class GatewayLive:
    """One gateway: what its retained state said, how far its batches are taken, its last health.

    `state_known` is False while only batches have been heard of it; a batch then counts as being
    online. `first_sent_at_ms` and `newest_sent_at_ms` are the stamps of its first and newest
    applied batch since the server subscribed or it began anew, `last_sent_at_ms` of the newest one
    before which none is missing; None before. `awaited` tells that it was
    heard just before the server lost its connection, and not since. `spool` is the one heard
    last; the `earlier_*` counts are of its other spools, so that the totals survive a new spool
    and a restart. `health` is its last health message, by field. `pushed_version` is the newest
    configuration that was sent to it, `refused_version` the newest that it has rolled back.
    `clock` is how far its clock seems to be off.
    """

    gateway: str
    online: bool = False
    awaited: bool = False
    state_known: bool = False
    boot_id: str | None = None
    config_version: int = 0
    confirmed: bool = True
    refused_version: int = 0
    pushed_version: int = 0
    state_at_ms: int | None = None
    first_sent_at_ms: int | None = None
    last_sent_at_ms: int | None = None
    newest_sent_at_ms: int | None = None
    spool: SpoolProgress | None = None
    earlier_applied: int = 0
    earlier_duplicates: int = 0
    earlier_quarantined: int = 0
    health_at_ms: int | None = None
    health: Mapping[str, object] = field(default_factory=dict)
    clock: GatewayClock = field(default_factory=GatewayClock)

    @property
    def offset_ms(self) -> int:
        """What to take from its stamps."""
        return round(self.clock.offset_s * 1000)

    def stamped(self, sent_at_ms: int, *, received_at_ms: int) -> "GatewayLive":
        """The line after a batch with this stamp came in, both in ms."""
        lead_s = (sent_at_ms - received_at_ms) / 1000
        return replace(self, clock=self.clock.arrived(received_at_ms / 1000, lead_s))

    @property
    def spool_id(self) -> str | None:
        """The spool whose batches were heard last."""
        return self.spool.ledger.spool_id if self.spool else None

    @property
    def through_seq(self) -> int:
        """All batches of that spool up to here are taken."""
        return self.spool.ledger.through_seq if self.spool else 0

    @property
    def applied_batches(self) -> int:
        """Batches applied, over all spools."""
        return self.earlier_applied + (self.spool.applied if self.spool else 0)

    @property
    def duplicates(self) -> int:
        """Batches that came again, over all spools."""
        return self.earlier_duplicates + (self.spool.duplicates if self.spool else 0)

    @property
    def quarantined(self) -> int:
        """Batches refused, over all spools."""
        return self.earlier_quarantined + (self.spool.quarantined if self.spool else 0)

    def sent(self, at_ms: int, *, gap: bool = False) -> "GatewayLive":
        """The line after a batch stamped `at_ms` was applied.

        Args:
            at_ms: up to when the gateway had told with it and all batches before it.
            gap: some of those are still to come.
        """
        first_ms = at_ms if self.first_sent_at_ms is None else self.first_sent_at_ms
        newest_ms = max(at_ms, self.newest_sent_at_ms or at_ms)
        line = replace(self, first_sent_at_ms=first_ms, newest_sent_at_ms=newest_ms)
        return line if gap else replace(line, last_sent_at_ms=newest_ms, awaited=False)

    def told_ms(self, *, lag_ms: int) -> int | None:
        """Up to when it has told all; a gap is not waited for longer than `lag_ms`."""
        newest_ms, told_ms = self.newest_sent_at_ms, self.last_sent_at_ms
        since_ms = self.first_sent_at_ms if told_ms is None else told_ms
        if newest_ms is None or since_ms is None or newest_ms - since_ms <= lag_ms:
            return told_ms
        return newest_ms

    def silent(self) -> "GatewayLive":
        """The line of a gateway that is to tell anew up to when it has told."""
        return replace(self, first_sent_at_ms=None, last_sent_at_ms=None, newest_sent_at_ms=None)

    def on_spool(self, spool: SpoolProgress) -> "GatewayLive":
        """The line with `spool`, as it was kept, as the one heard last; the totals stay."""
        if self.spool_id == spool.ledger.spool_id:
            return self
        return replace(
            self,
            spool=spool,
            earlier_applied=self.applied_batches - spool.applied,
            earlier_duplicates=self.duplicates - spool.duplicates,
            earlier_quarantined=self.quarantined - spool.quarantined,
        )


def board_of(
    spools: Iterable[tuple[str, SpoolProgress, int]],
    *,
    clocks: Mapping[str, GatewayClock] | None = None,
) -> dict[str, GatewayLive]:
    """The board after a restart.

    Args:
        spools: (gateway, progress, when it was heard last in ms), the one heard last at the end.
        clocks: what was known of the gateways' clocks then.
    """
    board: dict[str, GatewayLive] = {}
    lines = list(spools)
    heard_ms = max((at_ms for _, _, at_ms in lines), default=0)
    for gateway, spool, at_ms in lines:
        line = board.get(gateway, GatewayLive(gateway))
        board[gateway] = GatewayLive(
            gateway,
            awaited=heard_ms - at_ms <= AWAITED_MS,
            spool=spool,
            earlier_applied=line.applied_batches,
            earlier_duplicates=line.duplicates,
            earlier_quarantined=line.quarantined,
            clock=(clocks or {}).get(gateway, GatewayClock()),
        )
    return board
