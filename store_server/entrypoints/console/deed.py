"""Entries for the audit log, as the doors make them."""

import secrets
from datetime import datetime

from store_server.entrypoints.console.visit import Visit
from store_server.ids import ShopperId
from store_server.shop.audit import AuditEntry, Deed


def entry(
    visit: Visit,
    deed: Deed,
    *,
    at: datetime,
    subject: str = "",
    reason: str = "",
    shopper: ShopperId | None = None,
) -> AuditEntry:
    """What the user of a visit does now; its id cannot be guessed."""
    return AuditEntry(
        secrets.token_hex(13), at, visit.caller.name, deed, subject[:200], reason, shopper
    )
