"""Flow (read): what a campaign would have done in a past period. Nothing is written.

The stays that are recorded ask the draft as if it had been live; the same desk, facts and gates
answer. Who would wait in a step is met by the zones that were entered, or the time is up. Its own
offers count in its caps and budget, beside what was really shown then. Consents and profiles are
those of each day's first question; taste and beliefs are today's.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from store_server.clock import to_ms
from store_server.database import UnitOfWork
from store_server.decisions.asked import HeardEffects, HeardTaste
from store_server.decisions.decision import Decision, Outcome
from store_server.decisions.frequency_cap import ShownRecord
from store_server.decisions.reason import Reason
from store_server.decisions.request import DecisionRequest
from store_server.errors import NotFound, Unprocessable
from store_server.flows.decision_desk import DecisionDesk
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId, pseudonym
from store_server.offers.budget import BudgetUse, allows
from store_server.offers.campaign import Campaign, CampaignState
from store_server.offers.catalogue import catalogue_of
from store_server.offers.dry_run import REPLAYED, questions
from store_server.offers.dry_run_waits import play_waits, plays
from store_server.offers.trigger import Trigger
from store_server.presence.repository import PresenceRepository

SAMPLE = 10
MOST = 5_000
LONGEST = timedelta(days=92)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would have come of it.

    asked: questions; is_cut: there were more than were looked at. handed_over: to the staff, by a
    step. shoppers: who would have been
    offered something, `sample` some of their pseudonyms. stopped: questions by the reason for
    nothing. redemptions: expected number, cost_minor: their expected face value.
    """

    campaign: Campaign
    asked: int
    offered: int
    held_out: int
    shoppers: int
    sample: tuple[str, ...]
    stopped: Mapping[str, int]
    redemptions: float
    cost_minor: float
    is_cut: bool
    handed_over: int = 0


def dry_run_campaign(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    campaign_id: str,
    since: datetime,
    until: datetime,
    most: int = MOST,
) -> DryRun:
    """Run a campaign, whatever its state, over the visits that began in [since, until).

    Raises:
        NotFound: there is no such campaign.
        Unprocessable: its trigger or its step's event does not follow from stays, or the period
            cannot be.
    """
    found = uow.live.catalogue.campaigns.get(CampaignId(campaign_id))
    if found is None:
        raise NotFound(f"there is no campaign {campaign_id[:64]!r}", code="unknown_campaign")
    _require_replayable(found, since=since, until=until, now=now)
    draft = replace(found, state=CampaignState.LIVE, starts_at=None, ends_at=None)
    asked, refused = _questions(uow, rooms, draft, since=since, until=until, now=now)
    offers = [uow.live.catalogue.offers[name] for name in draft.offers_named()]
    alone = replace(uow.live, catalogue=catalogue_of(offers, [draft]))
    decisions = _decide(UnitOfWork(uow.session, alone), rooms, asked[:most])
    return _summed(rooms, found, decisions, is_cut=len(asked) > most, refused=refused)


def _questions(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    draft: Campaign,
    *,
    since: datetime,
    until: datetime,
    now: datetime,
) -> tuple[list[Trigger], int]:
    """What it would have been asked, and how many waits would not have begun, in order of time."""
    presence = PresenceRepository(uow.session, rooms.scope)
    # A wait may end in a visit that began after the period.
    last = until if draft.step is None else now
    visits = presence.visits_between(to_ms(since), to_ms(last))
    asked = sorted(
        (one for visit in visits if visit.started_at < until for one in questions(draft, visit)),
        key=lambda one: (one.at, one.id),
    )
    if draft.step is None:
        return asked, 0
    local = ZoneInfo(rooms.policy.timezone)
    played = play_waits(draft, asked, visits, org=rooms.scope.org, local=local, now=now)
    return played.asked, played.refused


class _DryDesk(DecisionDesk):
    """Decides as the desk does, and keeps nothing: the budget is counted here."""

    def at(self, now: datetime, shown: Sequence[ShownRecord], use: BudgetUse | None) -> None:
        """Go by another instant, with what this run has shown and used so far."""
        self._now = now
        if use is not None:
            self._taken.use = dict.fromkeys(self._uow.live.catalogue.campaigns, use)
        self._facts.shown.extend(shown)

    def used(self, campaign: CampaignId) -> BudgetUse:
        """What the run has given away so far."""
        return self._taken.use.get(campaign, BudgetUse())

    def _note(
        self,
        decision: Decision,
        request: DecisionRequest,
        taste: HeardTaste,
        effects: HeardEffects,
    ) -> None:
        del decision, request, taste, effects

    def _hold(self, triggers: Sequence[Trigger]) -> None:
        del triggers

    def _reserve(self, decision: Decision) -> bool:
        assert decision.campaign is not None
        campaign = self._uow.live.catalogue.campaigns[decision.campaign]
        face_value_minor = decision.face_value_minor or 0
        use = self.used(campaign.id)
        fits = allows(campaign, use, face_value_minor=face_value_minor)
        after = use.plus(face_value_minor=face_value_minor) if fits else replace(use, refused=True)
        self._taken.note(campaign.id, after)
        return fits


def _decide(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, asked: Sequence[Trigger]
) -> list[Decision]:
    """The answers in order; facts are looked up once for all of a UTC day."""
    made: list[Decision] = []
    use = BudgetUse()
    for _, group in groupby(asked, key=lambda one: one.at.date()):
        triggers = list(group)
        desk = _DryDesk(uow, rooms, now=triggers[0].at, triggers=triggers)
        desk.at(triggers[0].at, [_record(one) for one in made if one.counts_in_caps], use)
        for trigger in triggers:
            desk.at(trigger.at, (), None)
            made.append(desk.decide(trigger))
        (campaign,) = uow.live.catalogue.campaigns
        use = desk.used(campaign)
    return made


def _record(decision: Decision) -> ShownRecord:
    assert decision.campaign is not None
    return ShownRecord(
        decision.shopper,
        decision.household,
        decision.visit_id,
        decision.campaign,
        decision.at,
        decision.offer,
        decision.channel,
    )


def _summed(
    rooms: StoreRooms,
    campaign: Campaign,
    decisions: Sequence[Decision],
    *,
    is_cut: bool,
    refused: int,
) -> DryRun:
    offered = [one for one in decisions if one.outcome is Outcome.OFFERED]
    who = sorted({pseudonym(org=rooms.scope.org, shopper=one.shopper) for one in offered})
    chances = [(_chance(one), one.face_value_minor or 0) for one in offered]
    coupons = [(chance, face) for chance, face in chances if face]
    stopped = Counter(
        one.reasons[0].value for one in decisions if one.outcome is Outcome.NOTHING and one.reasons
    )
    if refused:
        stopped[Reason.REENTRY.value] += refused
    return DryRun(
        campaign=campaign,
        asked=len(decisions) + refused,
        offered=len(offered),
        held_out=sum(one.outcome is Outcome.HELD_OUT for one in decisions),
        shoppers=len(who),
        sample=tuple(who[:SAMPLE]),
        stopped=dict(stopped.most_common()),
        redemptions=round(sum(chance for chance, _ in coupons), 2),
        cost_minor=round(sum(chance * face for chance, face in coupons), 2),
        is_cut=is_cut,
        handed_over=sum(one.outcome is Outcome.HANDED_OVER for one in decisions),
    )


def _chance(decision: Decision) -> float:
    """P(buy | offer) of what was chosen."""
    return next((one.chance_with or 0.0 for one in decision.candidates if one.reason is None), 0.0)


def _require_replayable(
    campaign: Campaign, *, since: datetime, until: datetime, now: datetime
) -> None:
    kind = campaign.trigger.kind
    if not plays(campaign):
        raise Unprocessable(
            f"the step of campaign {campaign.id} waits for something that does not follow from "
            "stays, which a dry run replays; it must be zone_enter, or only the time",
            code="not_replayable",
        )
    if kind not in REPLAYED:
        raise Unprocessable(
            f"campaign {campaign.id} waits for {kind.value}; a dry run replays stays, so it must "
            f"be one of {', '.join(REPLAYED)}",
            code="not_replayable",
        )
    if not since < until <= now or until - since > LONGEST:
        raise Unprocessable(
            f"from {since.isoformat()} to {until.isoformat()} is no past period of at most "
            f"{LONGEST.days} days",
            code="bad_period",
        )
