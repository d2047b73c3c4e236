"""The report of a store that has seen a day."""

import json
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from store_server.database import Database, read_only
from store_server.decisions.decision import Outcome
from store_server.errors import NotFound
from store_server.flows.rooms import Policy
from store_server.flows.show_report import show_report
from store_server.flows.take_basket import take_basket
from store_server.ids import CampaignId
from store_server.reports.outcomes import Metric
from store_server.reports.text import render
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import ANN, BOB, NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_line, a_shop

TWO_DAYS = timedelta(days=2)


def test_a_days_baskets_end_in_the_lift(database: Database) -> None:
    rooms = a_shop(
        database, a_decision("a"), a_decision("b", shopper=BOB, outcome=Outcome.HELD_OUT)
    )
    bread = a_basket("b1", shopper=ANN)
    milk = a_basket("b2", shopper=BOB, lines=[a_line("p2")])
    for basket in (bread, milk):
        run(database, rooms, take_basket, basket=basket, idempotency_key=basket.id)

    with read_only(database.read, rooms.live) as uow:
        early = show_report(uow, rooms, now=NOON + minutes(60))
        report = show_report(uow, rooms, now=NOON + TWO_DAYS)

    assert (early.lift.offered.units, early.lift.offered.open_bought) == (0, 1)
    assert (report.lift.offered.bought, report.lift.held_out.bought) == (1, 0)
    spend = report.lift.effect(Metric.SPEND)
    assert (spend.offered_mean, spend.held_out_mean) == (300, 300)
    assert report.lift.verdict.startswith("Not enough data yet: needs about ")


def test_a_campaigns_end_is_when_the_narrow_interval_may_be_read(database: Database) -> None:
    decisions = [
        a_decision(f"{name}{outcome}", shopper=name, outcome=outcome)  # type: ignore[arg-type]  # ids are text
        for outcome in (Outcome.OFFERED, Outcome.HELD_OUT)
        for name in (f"one {outcome}", f"two {outcome}")
    ]
    rooms = a_shop(database, *decisions)
    campaign = a_campaign(ends_at=NOON + TWO_DAYS)
    rooms.live = replace(rooms.live, catalogue=rooms.live.catalogue.with_campaign(campaign))

    with read_only(database.read, rooms.live) as uow:
        running, over = (
            show_report(uow, rooms, now=NOON + TWO_DAYS + after, campaign=campaign.id)
            for after in (-minutes(1), minutes(0))
        )

    assert running.planned_end == NOON + TWO_DAYS
    assert running.lift.effect(Metric.CONVERSION).fixed is None
    assert over.lift.effect(Metric.CONVERSION).fixed is not None


def test_a_longer_window_counts_later_baskets(database: Database) -> None:
    rooms = a_shop(database, a_decision("a"))
    rooms.policy = replace(Policy(), window_hours=48)
    basket = a_basket("b1", at=NOON + timedelta(hours=40))
    run(database, rooms, take_basket, basket=basket, idempotency_key="b1", now=NOON + TWO_DAYS)

    with read_only(database.read, rooms.live) as uow:
        report = show_report(uow, rooms, now=NOON + 2 * TWO_DAYS)

    assert (report.lift.offered.bought, report.lift.offered.spend_minor) == (1, 300)


def test_a_campaign_that_is_not_there_is_not_found(database: Database) -> None:
    rooms = a_shop(database)

    with read_only(database.read, rooms.live) as uow, pytest.raises(NotFound, match="no campaign"):
        show_report(uow, rooms, now=NOON, campaign=CampaignId("gone"))


def test_the_report_of_an_empty_store_can_be_shown(database: Database) -> None:
    rooms = a_shop(database)

    with read_only(database.read, rooms.live) as uow:
        report = show_report(uow, rooms, now=NOON)

    assert "visits: 0" in render(report)
    assert json.loads(json.dumps(asdict(report), default=str))["store"] == "demo"
