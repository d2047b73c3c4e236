"""How a gateway comes in: the code that is kept, and the account that follows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code as it is kept: for which gateway, until when, and whether it was used."""

    gateway: str
    sealed_key: str
    expires_at: datetime
    used: bool


@dataclass(frozen=True, slots=True)
class GatewayAccount:
    """How a gateway came in; `revoked_at` is set while it is cut off."""

    gateway: str
    key_id: str | None
    enrolled_at: datetime | None
    revoked_at: datetime | None
