"""One shopper who waits in the step of one campaign, from the trigger to how it ended.

    waiting --event or time--> fired        a decision is made on that way
       '------cancel-----> cancelled        nothing is said; `ended_by` says why

Fired and cancelled are for good. A wait is named after campaign and trigger, so a trigger that is
told twice begins one wait; its decision is named after the wait, so it is decided once.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from enum import StrEnum

from store_server.ids import CampaignId, ShopperId, ZoneId, natural_id
from store_server.offers.campaign import Campaign
from store_server.offers.limits import Reentry
from store_server.offers.step import Happening, Step
from store_server.offers.trigger import Trigger, TriggerKind, Way, trigger_id

# How late a wait may be decided when its campaign does not say how long its moment is: a word
# about now is not worth anything after a break of the server.
MOMENT_S = 600


class WaitState(StrEnum):
    """How far a wait is."""

    WAITING = "waiting"
    FIRED = "fired"
    CANCELLED = "cancelled"


class WaitEnd(StrEnum):
    """Why a wait is over: the first two fired, the others cancelled it."""

    EVENT = "event"
    TIMEOUT = "timeout"
    REENTRY = "reentry"
    CAMPAIGN_PAUSED = "campaign_paused"
    CAMPAIGN_ENDED = "campaign_ended"
    CAMPAIGN_CHANGED = "campaign_changed"
    KILL_SWITCH = "kill_switch"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    SHOPPER_ERASED = "shopper_erased"
    SHOPPER_MERGED = "shopper_merged"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody who waits, or has waited.

    began_at: the trigger's time. due_at: when the time is up. zone / visit_id: of the trigger.
    happened: the id of the event that ended it. decision: what was decided then.
    """

    id: str
    campaign: CampaignId
    campaign_version: int
    shopper: ShopperId
    trigger_kind: TriggerKind
    step: Step
    began_at: datetime
    due_at: datetime
    zone: ZoneId | None = None
    visit_id: str | None = None
    state: WaitState = WaitState.WAITING
    ended_by: WaitEnd | None = None
    ended_at: datetime | None = None
    happened: str | None = None
    decision: str | None = None

    def is_ended_by(self, happening: Happening) -> bool:
        """Whether this event is what is waited for, after the beginning and before the time."""
        return (
            self.state is WaitState.WAITING
            and self.step.awaited is not None
            and happening.shopper == self.shopper
            and self.began_at < happening.at < self.due_at
            and self.step.awaited.is_met_by(happening)
        )

    def is_late(self, now: datetime, *, at: datetime, moment_s: int | None) -> bool:
        """Whether the moment of what ended the wait at `at` is over."""
        return now > at + timedelta(seconds=moment_s or MOMENT_S)


@dataclass(frozen=True, slots=True)
class Entry:
    """An earlier wait of the same shopper and campaign, as far as coming back goes by it."""

    began_at: datetime
    visit_id: str | None


def begin(campaign: Campaign, trigger: Trigger, *, org: str, local: tzinfo) -> Wait:
    """The wait that this trigger begins; the campaign must have a step."""
    assert campaign.step is not None
    return Wait(
        id=natural_id("wait", org, campaign.id, trigger.id),
        campaign=campaign.id,
        campaign_version=campaign.version,
        shopper=trigger.shopper,
        trigger_kind=trigger.kind,
        step=campaign.step,
        began_at=trigger.at,
        due_at=campaign.step.due_at(trigger.at, local),
        zone=trigger.zone,
        visit_id=trigger.visit_id,
    )


def may_begin(campaign: Campaign, wait: Wait, last: Entry | None, local: tzinfo) -> bool:
    """Whether the campaign's rule of coming back lets somebody wait again after `last`."""
    if last is None:
        return True
    today, then = (one.began_at.astimezone(local).date() for one in (wait, last))
    match campaign.limits.reentry:
        case Reentry.ALWAYS:
            return True
        case Reentry.NEVER:
            return False
        case Reentry.PER_VISIT:
            return wait.visit_id is None or wait.visit_id != last.visit_id
        case Reentry.PER_DAY:
            return then < today
        case Reentry.AFTER_DAYS:
            return then + timedelta(days=campaign.limits.reentry_days or 0) <= today


def step_trigger(
    wait: Wait, way: Way, *, at: datetime, zone: ZoneId | None, visit_id: str | None
) -> Trigger:
    """The question at the end of a wait.

    Args:
        wait: whose.
        way: how it ended.
        at: when.
        zone: where the shopper is by then.
        visit_id: the visit by then.
    """
    return Trigger(
        id=trigger_id(TriggerKind.STEP, wait.id),
        kind=TriggerKind.STEP,
        shopper=wait.shopper,
        zone=zone,
        at=at,
        event_id=wait.id,
        visit_id=visit_id,
        campaign=wait.campaign,
        way=way,
    )
