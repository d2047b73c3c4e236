"""A campaign is tried on past visits in the browser: who would get it, what stops the others."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from store_server.database import UnitOfWork
from store_server.decisions.plural import Language
from store_server.decisions.reason import Reason
from store_server.decisions.reason_text import reason_text
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, ZoneId, pseudonym
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.presence.repository import PresenceRepository
from store_server.presence.visit import Visit, ZoneStay
from store_server.writer import Priority
from tests.store_server.entrypoints.web_builders import WebStore
from tests.store_server.offers.builders import NOON, a_campaign

PAGE = "/campaigns/at/bakery/dry-run"
YESTERDAY = NOON - timedelta(days=1)


def some_visits(uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime) -> None:
    """Ann stays at the bread twice within an hour, a stranger once."""
    del now
    bread = ZoneId("bakery")
    visits = []
    for who, minute in (("ann", 0), ("ann", 45), ("stranger", 5)):
        at = YESTERDAY + timedelta(minutes=minute)
        stay = ZoneStay(bread, at, at + timedelta(seconds=30))
        end = at + timedelta(minutes=10)
        visits.append(Visit(f"{who}-{minute}", ShopperId(who), at, end, (stay,)))
    PresenceRepository(uow.session, rooms.scope).save_visits(visits)


def counted(page: str, name: str) -> str:
    found = re.search(rf"<dt>{name}</dt><dd>([^<]*)</dd>", page)
    assert found, name
    return found[1]


def test_it_says_who_would_get_it_and_which_gate_stops_the_others(web: WebStore) -> None:
    web.context.writer.submit(Priority.APP, some_visits).result()

    page = web.manager().get(PAGE).text

    assert (counted(page, "Times it was asked"), counted(page, "Offered")) == ("3", "1")
    assert pseudonym(org="acme", shopper="ann") in page
    assert counted(page, "Expected cost").startswith("€0.")
    assert {"cap_day", "shopper_unknown"} <= set(re.findall(r"<code[^>]*>(\w+)</code>", page))


def test_a_shorter_period_looks_at_fewer_visits(web: WebStore) -> None:
    web.context.writer.submit(Priority.APP, some_visits).result()
    web.context.rooms.clock.advance_to(NOON + timedelta(days=2))  # type: ignore[attr-defined] # the stepped one

    browser = web.manager()
    pages = [browser.get(f"{PAGE}?days={days}").text for days in ("1", "7", "<b>")]

    assert [counted(page, "Times it was asked") for page in pages] == ["0", "3", "3"]
    assert "Nobody came where this campaign listens" in pages[0]


def test_a_campaign_that_no_stay_starts_is_told_so(web: WebStore) -> None:
    rule = TriggerRule(TriggerKind.SCHEDULE, cron="0 9 * * *")
    live = web.context.rooms.live
    scheduled = replace(a_campaign(), trigger=rule)
    web.context.rooms.live = replace(live, catalogue=live.catalogue.with_campaign(scheduled))

    answer = web.manager().get(PAGE)

    assert answer.status_code == 422
    assert "Past visits cannot show this" in answer.text


@pytest.mark.parametrize("language", ["es", "ru"])
def test_reasons_are_said_in_the_readers_language(web: WebStore, language: Language) -> None:
    web.context.writer.submit(Priority.APP, some_visits).result()

    page = web.manager().get(PAGE, headers={"accept-language": language}).text

    assert reason_text(Reason.CAP_DAY, language) in page
