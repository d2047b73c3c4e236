"""The report of a store that has seen a day."""

import json
from dataclasses import asdict

from store_server.database import Database, read_only
from store_server.decisions.decision import Outcome
from store_server.flows.show_report import show_report
from store_server.flows.take_basket import take_basket
from store_server.reports.text import render
from tests.store_server.outbox.builders import ANN, BOB, NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_line, a_shop


def test_a_days_baskets_end_in_the_lift(database: Database) -> None:
    rooms = a_shop(
        database, a_decision("a"), a_decision("b", shopper=BOB, outcome=Outcome.HELD_OUT)
    )
    bread = a_basket("b1", shopper=ANN)
    milk = a_basket("b2", shopper=BOB, lines=[a_line("p2")])
    for basket in (bread, milk):
        run(database, rooms, take_basket, basket=basket, idempotency_key=basket.id)

    with read_only(database.read, rooms.live) as uow:
        report = show_report(uow, rooms, now=NOON + minutes(60))

    assert (report.lift.offered.bought, report.lift.held_out.bought) == (1, 0)
    assert report.lift.verdict.startswith("Not enough data yet: needs about ")


def test_the_report_of_an_empty_store_can_be_shown(database: Database) -> None:
    rooms = a_shop(database)

    with read_only(database.read, rooms.live) as uow:
        report = show_report(uow, rooms, now=NOON)

    assert "visits: 0" in render(report)
    assert json.loads(json.dumps(asdict(report), default=str))["store"] == "demo"
