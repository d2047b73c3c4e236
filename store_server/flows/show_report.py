"""What the store's offers did and what they were worth, over a span of time."""

from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.plural import Language
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign
from store_server.reports.funnel import funnel_of
from store_server.reports.lift import FULL_BP, WORTH_SEEING, Question, lift_of
from store_server.reports.meter import say_meter, say_no_meter
from store_server.reports.meter_shape import shape_of
from store_server.reports.outcomes import UnitOutcome
from store_server.reports.report import Report
from store_server.reports.repository import (
    CalibrationRepository,
    ReceiptRepository,
    ReportRepository,
    UnitRepository,
)
from store_server.reports.repository.unit_log import Span
from store_server.reports.unit_ledger import outcomes_of, reading_at


def show_report(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    since: datetime | None = None,
    until: datetime | None = None,
    campaign: CampaignId | None = None,
    language: Language = "en",
) -> Report:
    """The funnel of the store and the lift of [since, until); None: no limit. A read flow.

    With a campaign the lift is of its decisions alone, and its end is the planned one.

    Raises:
        NotFound: `unknown_campaign`.
    """
    known = campaign_of(uow, campaign)
    question = question_of(rooms, known, now=now)
    outcomes = unit_outcomes(uow, rooms, now=now, span=Span(since, until, campaign))
    shape = shape_of(outcomes, question)
    meter = CalibrationRepository(uow.session, rooms.scope).find(shape) if shape else None
    counts = ReportRepository(uow.session, rooms.scope, simulated=rooms.policy.simulated).counts(
        since=since, until=until
    )
    return Report(
        org=rooms.scope.org,
        store=rooms.scope.store,
        made_at=now,
        since=since,
        until=until,
        currency=rooms.policy.currency,
        counts=counts,
        funnel=funnel_of(counts),
        campaign=campaign,
        planned_end=known.ends_at if known else None,
        lift=lift_of(outcomes, question, language=language),
        meter=meter,
        meter_verdict=say_meter(meter, language=language)
        if meter
        else say_no_meter(language=language),
    )


def unit_outcomes(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, span: Span
) -> list[UnitOutcome]:
    """What became of every unit that was offered something in the span, or held out from it."""
    return [outcome for _, outcome in dated_outcomes(uow, rooms, now=now, span=span)]


def dated_outcomes(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, span: Span
) -> list[tuple[int, UnitOutcome]]:
    """(when its first decision was made, in ms; outcome) of every unit, oldest first."""
    offers = uow.live.catalogue.offers
    promotions = UnitRepository(
        uow.session, rooms.scope, simulated=rooms.policy.simulated
    ).promotions(span, {name: one.category for name, one in offers.items()})
    receipts = ReceiptRepository(uow.session, rooms.scope)
    outcomes = outcomes_of(
        promotions,
        after=receipts.after(promotions),
        before=receipts.before(promotions),
        reading=reading_at(now, timedelta(hours=rooms.policy.window_hours)),
    )
    return [(one.at_ms, outcome) for one, outcome in zip(promotions, outcomes, strict=True)]


def question_of(rooms: StoreRooms, campaign: Campaign | None, *, now: datetime) -> Question:
    """What was asked before looking: how many are held out, and when it ends."""
    held_out = rooms.policy.holdout_bp / FULL_BP
    if campaign is None:
        return Question(rooms.policy.holdout_bp)
    # Drawn one after the other: whom the store holds out, the campaign need not.
    held_out += (1 - held_out) * campaign.holdout_bp / FULL_BP
    smallest = campaign.smallest_effect_bp
    return Question(
        control_bp=round(FULL_BP * held_out),
        smallest_effect=smallest / FULL_BP if smallest else WORTH_SEEING,
        ended=campaign.ends_at is not None and campaign.ends_at <= now,
    )


def campaign_of(uow: UnitOfWork[StoreLive], campaign: CampaignId | None) -> Campaign | None:
    """The campaign of this id; None for None.

    Raises:
        NotFound: `unknown_campaign`.
    """
    if campaign is None:
        return None
    known = uow.live.catalogue.campaigns.get(campaign)
    if known is None:
        raise NotFound(
            f"there is no campaign {campaign!r}; GET /v1/campaigns lists them",
            code="unknown_campaign",
        )
    return known
