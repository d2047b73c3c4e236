"""What GET /v1/ops/progress says, read leniently: a missing number is 0."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

Document = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class GatewayProgress:
    """How far one gateway's batches have come."""

    online: bool
    last_sent_at_ms: int
    through_seq: int
    applied: int
    duplicates: int
    quarantined: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the store has come."""

    event_now_ms: int
    pending_observations: int
    gateways: Mapping[str, GatewayProgress]
    outbox: Mapping[str, int]
    counts: Mapping[str, int]
    decisions: Mapping[str, int]
    reasons: Mapping[str, int]

    def lags(self, tick_ms: int, gateways: Collection[str]) -> str | None:
        """What is not yet done of everything up to a tick; None when all is."""
        for name in gateways:
            known = self.gateways.get(name)
            if known is None or known.last_sent_at_ms < tick_ms:
                return f"gateway {name}"
        if self.event_now_ms < tick_ms:
            return "the event clock"
        if self.pending_observations:
            return "pending observations"
        if self.outbox.get("queued", 0) + self.outbox.get("sending", 0):
            return "the outbox"
        return None


def read_progress(document: Document) -> Progress:
    """The progress in a response body."""
    counts = _table(document.get("counts"))
    return Progress(
        event_now_ms=_whole(document.get("event_now_ms")),
        pending_observations=_whole(document.get("pending_observations")),
        gateways={
            name: _gateway(_table(entry))
            for name, entry in sorted(_table(document.get("gateways")).items())
        },
        outbox=_numbers(document.get("outbox")),
        counts=_numbers(counts),
        decisions=_numbers(document.get("decisions") or counts.get("decisions")),
        reasons=_numbers(document.get("reasons") or counts.get("reasons")),
    )


def _gateway(entry: Document) -> GatewayProgress:
    return GatewayProgress(
        online=entry.get("online") is True,
        last_sent_at_ms=_whole(entry.get("last_sent_at_ms")),
        through_seq=_whole(entry.get("through_seq")),
        applied=_whole(entry.get("applied_batches")),
        duplicates=_whole(entry.get("duplicates")),
        quarantined=_whole(entry.get("quarantined")),
    )


def _table(value: object) -> Document:
    return value if isinstance(value, dict) else {}


def _whole(value: object) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _numbers(value: object) -> dict[str, int]:
    return {
        name: _whole(number)
        for name, number in sorted(_table(value).items())
        if isinstance(number, int | float)
    }
