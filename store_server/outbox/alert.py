"""What staff are told: come to the counter, a regular has waited three minutes.

An alert is no offer: nobody is sold anything, and it goes to those who work here. But it is about a
shopper, so it lives by the shopper's consent as an offer does, dies with its moment, and its text
names nobody: the place and what is to be done.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from store_server.ids import Scope, ShopperId, ZoneId
from store_server.outbox.notification import rfc3339

TITLE_LIMIT = 80
BODY_LIMIT = 400


@dataclass(frozen=True, slots=True)
class StaffAlert:
    """One alert; `id` is made of what happened (`ids.natural_id`), so that it is told once.

    shopper: whom it is about; never told. decision: what asked for it, "" for none.
    """

    id: str
    shopper: ShopperId
    title: str
    body: str
    at: datetime
    expires_at: datetime
    zone: ZoneId | None = None
    decision: str = ""

    def __post_init__(self) -> None:
        for name, text, longest in (
            ("title", self.title, TITLE_LIMIT),
            ("body", self.body, BODY_LIMIT),
        ):
            if len(text) > longest:
                raise ValueError(
                    f"alert {self.id}: {name} has {len(text)} characters; at most {longest}"
                )


def alert_body(alert: StaffAlert, scope: Scope) -> str:
    """The JSON that is kept; made once, and the same at every try."""
    data = {
        "notification_id": alert.id,
        "org": scope.org,
        "store": scope.store,
        "zone": alert.zone,
        "title": alert.title,
        "body": alert.body,
        "expires_at": rfc3339(alert.expires_at),
    }
    document = {"type": "staff.alert", "timestamp": rfc3339(alert.at), "data": data}
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
