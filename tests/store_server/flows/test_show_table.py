"""Reports as tables out of a real database."""

from dataclasses import replace
from datetime import timedelta

import pytest

from store_server.database import Database, read_only, unit_of_work
from store_server.decisions.decision import Outcome
from store_server.errors import NotFound
from store_server.flows.rooms import StoreRooms
from store_server.flows.show_report import question_of
from store_server.flows.show_table import TABLES, Ask, show_table
from store_server.flows.take_basket import take_basket
from store_server.ids import ShopperId, ZoneId
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit, ZoneStay
from store_server.reports.table import Value
from tests.store_server.offers.builders import a_campaign
from tests.store_server.outbox.builders import ANN, BOB, NOON, a_decision, minutes, run
from tests.store_server.redemptions.builders import a_basket, a_line, a_shop

LATER = NOON + timedelta(days=40)


def rows(
    database: Database,
    rooms: StoreRooms,
    name: str,
    ask: Ask = Ask(),  # noqa: B008 - a value
) -> list[dict[str, Value]]:
    with read_only(database.read, rooms.live) as uow:
        table = show_table(uow, rooms, now=LATER, name=name, ask=ask)
    return [dict(row) for row in table.records()]


def a_sold_day(database: Database) -> StoreRooms:
    rooms = a_shop(
        database, a_decision("a"), a_decision("b", shopper=BOB, outcome=Outcome.HELD_OUT)
    )
    for who in (ANN, BOB):
        basket = a_basket(
            f"of {who}".replace(" ", "-"), shopper=who, lines=[a_line(), a_line("p2")]
        )
        run(database, rooms, take_basket, basket=basket, idempotency_key=basket.id)
    return rooms


def test_what_was_credited_is_that_of_the_offered(database: Database) -> None:
    found = rows(database, a_sold_day(database), "attribution")

    assert next((row["part"], row["count"], row["amount_minor"]) for row in found) == (
        "promoted_bought",
        1,
        300,
    )
    assert [row["part"] for row in found][1:] == [
        "promoted",
        "cannibalised",
        "halo",
        "pulled_forward",
    ]


def test_a_campaign_that_was_offered_stands_in_the_budget(database: Database) -> None:
    (row,) = rows(database, a_sold_day(database), "budget")

    assert (row["campaign"], row["move"], row["offered_units"]) == ("bakery", "wait", 1)


def test_visits_and_zones_are_those_of_the_span(database: Database) -> None:
    rooms = a_shop(database)
    with unit_of_work(database.write, rooms.live) as uow:
        PresenceRepository(uow.session, rooms.scope).save_visits(
            Visit(
                f"v{number}",
                ShopperId(f"s{number}"),
                NOON + minutes(number),
                NOON + minutes(number + 5),
                (ZoneStay(ZoneId("bakery"), NOON + minutes(number), NOON + minutes(number + 5)),),
            )
            for number in range(12)
        )

    span = Ask(NOON, NOON + timedelta(days=1))
    (hour,), (zone,) = (rows(database, rooms, name, span) for name in ("traffic", "zones"))

    assert (hour["visits"], hour["stay_s"], hour["usual_visits"]) == (12, 300, None)
    assert (zone["zone"], zone["capture"], zone["time_share"]) == ("bakery", 1, 1)
    assert rows(database, rooms, "zones") == []  # the last week had nobody


@pytest.mark.parametrize("name", TABLES)
def test_every_table_of_an_empty_store_can_be_shown(database: Database, name: str) -> None:
    assert isinstance(rows(database, a_shop(database), name), list)


def test_a_table_that_is_not_there_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="there are funnel, daily, lift"):
        rows(database, a_shop(database), "gold")


def test_a_campaigns_own_holdout_comes_on_top_of_the_stores(sqlite_database: Database) -> None:
    rooms = a_shop(sqlite_database)
    rooms.policy = replace(rooms.policy, holdout_bp=1_000)
    campaign = replace(a_campaign(), holdout_bp=5_000, smallest_effect_bp=200)

    question = question_of(rooms, campaign, now=NOON)

    assert (question.control_bp, question.smallest_effect) == (5_500, 0.02)
