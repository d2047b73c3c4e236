"""What the store's offers did and what they were worth, over a span of time."""

from datetime import datetime, timedelta

from store_server.database import UnitOfWork
from store_server.decisions.plural import Language
from store_server.errors import NotFound
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import CampaignId
from store_server.offers.campaign import Campaign
from store_server.reports.funnel import funnel_of
from store_server.reports.lift import Question, lift_of
from store_server.reports.outcomes import UnitOutcome
from store_server.reports.report import Report
from store_server.reports.repository import ReportRepository, UnitRepository
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
    counts = ReportRepository(uow.session, rooms.scope).counts(since=since, until=until)
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
        lift=lift_of(
            unit_outcomes(uow, rooms, now=now, span=Span(since, until, campaign)),
            question_of(rooms, known, now=now),
            language=language,
        ),
    )


def unit_outcomes(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, span: Span
) -> list[UnitOutcome]:
    """What became of every unit that was offered something in the span, or held out from it."""
    units = UnitRepository(uow.session, rooms.scope)
    promotions = units.promotions(span)
    return outcomes_of(
        promotions,
        after=units.receipts(promotions),
        before=units.earlier(promotions),
        reading=reading_at(now, timedelta(hours=rooms.policy.window_hours)),
    )


def question_of(rooms: StoreRooms, campaign: Campaign | None, *, now: datetime) -> Question:
    """What was asked before looking: how many are held out, and when it ends."""
    ends_at = campaign.ends_at if campaign else None
    return Question(
        control_bp=rooms.policy.holdout_bp, ended=ends_at is not None and ends_at <= now
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
