"""What somebody did in the console: who, when, what, to what, and why where a reason is asked.

An entry is written in the transaction of the deed itself: no deed without its entry, no entry
without the deed. Entries are never changed; erasing a shopper takes the name off.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from store_server.errors import Unprocessable
from store_server.ids import ShopperId

LONGEST_REASON = 200
SHORTEST_REASON = 8


class Deed(StrEnum):
    """What was done."""

    SIGNED_IN = "signed_in"
    USER_SAVED = "user_saved"
    USER_INVITED = "user_invited"
    KEY_MADE = "key_made"
    KEY_REVOKED = "key_revoked"
    WEBHOOK_CHANGED = "webhook_changed"
    GATEWAY_CODE = "gateway_code"
    GATEWAY_CUT_OFF = "gateway_cut_off"
    PLACE_ACCEPTED = "place_accepted"
    STORE_SAVED = "store_saved"
    PLAN_PUBLISHED = "plan_published"
    SHOPPER_LOOKED_AT = "shopper_looked_at"
    SHOPPER_EXPORTED = "shopper_exported"
    SHOPPER_ERASED = "shopper_erased"
    MARKETING_STOPPED = "marketing_stopped"
    OFFER_SAVED = "offer_saved"
    SEGMENT_SAVED = "segment_saved"
    CAMPAIGN_SAVED = "campaign_saved"
    CAMPAIGN_TESTED = "campaign_tested"
    CAMPAIGN_MOVED = "campaign_moved"
    EXPERIMENT_SAVED = "experiment_saved"
    EXPERIMENT_STARTED = "experiment_started"
    EXPERIMENT_REWEIGHTED = "experiment_reweighted"
    EXPERIMENT_STOPPED = "experiment_stopped"
    DELIVERY_REPLAYED = "delivery_replayed"
    KILL_SWITCH = "kill_switch"
    SHOPPER_WALKED = "shopper_walked"
    WALK_SCANNED = "walk_scanned"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One deed. `subject` names what it was done to, `shopper` whom it was about, if anybody.

    at: by the machine's clock; people work in real time, in a simulated store too.
    """

    id: str
    at: datetime
    who: str
    deed: Deed
    subject: str = ""
    reason: str = ""
    shopper: ShopperId | None = field(default=None, repr=False)


def checked_reason(text: str) -> str:
    """The reason for looking at a person, without surrounding space.

    Raises:
        Unprocessable: it is too short to be one, or too long.
    """
    reason = " ".join(text.split())
    if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
        raise Unprocessable(
            f"the reason has {len(reason)} characters; must be {SHORTEST_REASON} to "
            f"{LONGEST_REASON}, like 'asks at the till why she got no coupon'",
            code="bad_reason",
        )
    return reason
