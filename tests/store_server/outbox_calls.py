"""A call of every public method of the outbox's repositories; see repository_calls.py."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from store_server.outbox.alert import StaffAlert
from store_server.outbox.attempt import DeliveryKey, Settled, Settlement, Tried
from store_server.outbox.endpoint import Endpoint, EndpointState
from store_server.outbox.event import consent_changed
from store_server.outbox.notification import DeliveryState
from store_server.outbox.reason import DeliveryReason
from store_server.outbox.repository import OutboxRepository
from tests.store_server.offers.builders import NOON
from tests.store_server.outbox.builders import SCOPE, a_notification, an_outcome

Call = Callable[[Any], object]
EVER, LATER = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=9)
ANN: Any = "ann"
ANNS_WAY = DeliveryKey("notification-ann", "endpoint-ann")


def _claim(repository: Any) -> Any:
    return repository.claim("endpoint-ann", now_system_ms=10**15, lease_ms=1, limit=9)


def _lose(replays: Any) -> Any:
    outbox = OutboxRepository(replays._session, replays._scope)
    return outbox.abandon("endpoint-ann", reason=DeliveryReason.GIVEN_UP)


def _settled(state: DeliveryState, number: int) -> list[Settled]:
    return [Settled(ANNS_WAY, number, Settlement(state, None, 0))]


OUTBOX_READS: dict[str, Call] = {
    "OutboxRepository.due": lambda r: r.due({}, now_system_ms=10**15),
    "OutboxRepository.counts": lambda r: r.counts(),
    "EndpointRepository.all": lambda r: r.all(),
    "EndpointRepository.active": lambda r: r.active("endpoint-ann", now_system_ms=0),
    "ReplayRepository.ending": lambda r: r.ending(ANNS_WAY),
    "ReplayRepository.count_over": lambda r: r.count_over("endpoint-ann", since=EVER, now=LATER),
    "NotificationRepository.offers_of": lambda r: r.offers_of([ANN], at=EVER),
    "NotificationRepository.decision_of": lambda r: r.decision_of("notification-ann"),
    "NotificationRepository.find": lambda r: r.find("notification-ann"),
    "NotificationRepository.opens_of": lambda r: r.opens_of([ANN], since=EVER),
    "NotificationRepository.of_shopper": lambda r: r.of_shopper(ANN),
}
OUTBOX_WRITES: dict[str, Call] = {
    "OutboxRepository.add": lambda r: r.add([a_notification("new")]),
    "OutboxRepository.add_events": lambda r: r.add_events(
        [consent_changed(SCOPE, shopper=ANN, purpose="o", granted=True, source="s", at=NOON)]
    ),
    "OutboxRepository.add_alerts": lambda r: r.add_alerts(
        [StaffAlert("new", ANN, "Come", "to the counter", NOON, LATER)]
    ),
    "OutboxRepository.claim": _claim,
    "OutboxRepository.settle": lambda r: r.settle(_settled(DeliveryState.DELIVERED, 1), now=LATER),
    "OutboxRepository.log_attempts": lambda r: r.log_attempts([Tried(ANNS_WAY, 7, an_outcome())]),
    "OutboxRepository.suppress": lambda r: r.suppress(
        ANNS_WAY, reason=DeliveryReason.CONSENT_WITHDRAWN
    ),
    "OutboxRepository.suppress_offers": lambda r: r.suppress_offers(
        reason=DeliveryReason.KILL_SWITCH
    ),
    "OutboxRepository.release": lambda r: (
        _claim(r),
        r.release(),
    ),
    "OutboxRepository.expire": lambda r: r.expire(now=LATER),
    "OutboxRepository.adopt": lambda r: r.adopt("new", waiting_for="endpoint-ann"),
    "OutboxRepository.abandon": lambda r: r.abandon(
        "endpoint-ann", reason=DeliveryReason.ENDPOINT_GONE
    ),
    "ReplayRepository.replay": lambda r: (_lose(r), r.replay(ANNS_WAY, now=EVER)),
    "ReplayRepository.replay_lost": lambda r: (
        _lose(r),
        r.replay_lost("endpoint-ann", since=EVER, now=EVER),
    ),
    "EndpointRepository.add": lambda r: r.add(
        Endpoint("new", "https://x.example", "", EndpointState.ACTIVE, None, NOON),
        sealed_secret=b"s",
    ),
    "EndpointRepository.rotate": lambda r: r.rotate(
        "endpoint-ann", sealed_secret=b"new", previous_until_ms=1
    ),
    "EndpointRepository.end": lambda r: r.end(
        "endpoint-ann", state=EndpointState.REMOVED, reason="gone"
    ),
    "NotificationRepository.open": lambda r: r.open("notification-ann", names=[ANN], at=NOON),
    "NotificationRepository.suppress_waiting": lambda r: r.suppress_waiting(
        ANN, reason=DeliveryReason.CONSENT_WITHDRAWN
    ),
    "NotificationRepository.forget": lambda r: r.forget(ANN),
}
