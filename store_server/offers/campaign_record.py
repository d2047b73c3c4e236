"""What is kept of a campaign beside how it stands: its versions, and who did what when."""

from dataclasses import dataclass
from datetime import datetime

from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign, CampaignState

# The clock's own moves are done by nobody.
CLOCK = "clock"
SAVED = "saved"
PUBLISHED = "published"
NOTE_LIMIT = 200


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
