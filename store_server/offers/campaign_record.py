"""What is kept of a campaign beside how it stands: its versions, and who did what when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign, CampaignState

# The clock's own moves are done by nobody.
CLOCK = "clock"
SAVED = "saved"
PUBLISHED = "published"
NOTE_LIMIT = 200
_NO_CONTENT = frozenset({"version", "state"})


@dataclass(frozen=True, slots=True)
class CampaignVersion:
    """One version as it was saved; `approved_by` None: nobody has approved it yet."""

    campaign: Campaign
    saved_by: str
    saved_at: datetime
    approved_by: str | None = None
    approved_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CampaignEvent:
    """One thing that was done with a campaign.

    action: a `lifecycle.Move`, "saved" or "published". by: a key, a manager, or "clock".
    """

    campaign: CampaignId
    action: str
    state_before: CampaignState
    state_after: CampaignState
    version: int
    by: str
    at: datetime
    note: str = ""


class Difference(NamedTuple):
    """One field that two versions have otherwise; None where it is not said."""

    field: str
    before: object
    after: object


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[Difference]:
    """What of two documents is not the same, by field; state and version are no content.

    Example:
        >>> differences({"cap_per_day": 1}, {"cap_per_day": 2, "version": 7})
        [Difference(field='cap_per_day', before=1, after=2)]
    """
    fields = sorted((before.keys() | after.keys()) - _NO_CONTENT)
    return [
        Difference(name, before.get(name), after.get(name))
        for name in fields
        if before.get(name) != after.get(name)
    ]
