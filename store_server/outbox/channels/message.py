"""What a notification says, out of the JSON that is kept of it, for channels that word it."""

import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Message:
    """Title and body as they are read, and what belongs to them; "" where there is none."""

    title: str
    body: str
    org: str
    store: str
    zone: str
    coupon_code: str
    expires_at: datetime


def message_of(body: str) -> Message:
    """What the JSON of a notification says.

    Raises:
        ValueError: it says nothing to anybody, such as a durable event.
    """
    said = json.loads(body)
    data = said.get("data", {}) if isinstance(said, dict) else {}
    if not isinstance(data, dict) or "title" not in data:
        raise ValueError("this notification has no words; it goes to webhooks only")
    return Message(
        title=str(data["title"]),
        body=str(data["body"]),
        org=str(data.get("org", "")),
        store=str(data.get("store", "")),
        zone=str(data.get("zone") or ""),
        coupon_code=str(data.get("coupon_code") or ""),
        expires_at=datetime.fromisoformat(str(data["expires_at"])),
    )
