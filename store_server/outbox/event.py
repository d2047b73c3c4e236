"""What a retailer's backend is told for good: durable events, tried for three days.

An offer dies with its moment; an event does not. It is thin: ids and what changed, no personal
data, and the receiver fetches the rest. Its id is made of what happened, so that a flow that runs
twice tells it once.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from store_server.ids import Scope, ShopperId, natural_id
from store_server.outbox.notification import rfc3339

# The spec's schedule takes 75 hours; a breaker that is open may hold the last try back.
EVENT_LIVES = timedelta(days=4)
CONSENT_CHANGED = "consent.changed"


@dataclass(frozen=True, slots=True)
class DurableEvent:
    """Something that happened; `data` becomes the `data` of the webhook beside org and store.

    lives: how long it is tried; less for what is worth nothing when its moment is over.
    """

    id: str
    type: str
    shopper: ShopperId
    data: Mapping[str, object]
    at: datetime
    lives: timedelta = EVENT_LIVES


def consent_changed(
    scope: Scope, *, shopper: ShopperId, purpose: str, granted: bool, source: str, at: datetime
) -> DurableEvent:
    """A word of consent, wherever it was given: the app, a link in an e-mail, a merge."""
    name = natural_id("event", CONSENT_CHANGED, scope.org, shopper, purpose, granted, rfc3339(at))
    data = {"shopper_id": shopper, "purpose": purpose, "granted": granted, "source": source}
    return DurableEvent(name, CONSENT_CHANGED, shopper, data, at)


def event_body(event: DurableEvent, scope: Scope) -> str:
    """The JSON that is posted; made once, kept, and the same at every try."""
    data = {"event_id": event.id, "org": scope.org, "store": scope.store, **event.data}
    document = {"type": event.type, "timestamp": rfc3339(event.at), "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
