"""Which occurrences of scheduled campaigns are due, and for how long one is worth anything."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from store_server.ids import CampaignId, Scope, ShopperId
from store_server.offers.campaign import Campaign
from store_server.offers.cron import Occurrence, occurrences, parse_cron
from store_server.offers.trigger import Trigger, TriggerKind, trigger_id

# A campaign that does not say how long its moment is: an hour after nine it is still the morning.
MOMENT_S = 3_600


class OccurrenceState(StrEnum):
    """How far an occurrence is."""

    ASKING = "asking"
    DECIDING = "deciding"
    DONE = "done"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class OpenOccurrence:
    """One occurrence that is worked on.

    through: the last shopper who was looked at; "" at the beginning.
    """

    campaign: CampaignId
    name: str
    at: datetime
    state: OccurrenceState
    through: str = ""


def moment_s(campaign: Campaign) -> int:
    """How long after its time an occurrence may still be decided."""
    return campaign.moment_s or MOMENT_S


def due(
    campaign: Campaign, local: tzinfo, *, now: datetime, live_since: datetime | None
) -> list[Occurrence]:
    """The occurrences of a live campaign that are due and still worth deciding.

    Args:
        campaign: with a cron; others are never due.
        local: the store's time zone.
        now: occurrences after it are not due.
        live_since: what fell due before it (paused, not approved yet) is not made up for.
    """
    cron = campaign.trigger.cron
    if cron is None:
        return []
    after = now - timedelta(seconds=moment_s(campaign))
    just_before = timedelta(microseconds=1)
    for start in (live_since, campaign.starts_at):
        if start is not None:
            after = max(after, start - just_before)
    return occurrences(parse_cron(cron), local, after=after, until=now)


def schedule_trigger(
    occurrence: OpenOccurrence, shopper: ShopperId, *, scope: Scope, visit_id: str | None
) -> Trigger:
    """The question about one shopper at one occurrence; it has the same name in every store."""
    return Trigger(
        id=trigger_id(
            TriggerKind.SCHEDULE, scope.org, occurrence.campaign, occurrence.name, shopper
        ),
        kind=TriggerKind.SCHEDULE,
        shopper=shopper,
        zone=None,
        at=occurrence.at,
        event_id=f"{occurrence.campaign}/{occurrence.name}",
        visit_id=visit_id,
        campaign=occurrence.campaign,
    )
