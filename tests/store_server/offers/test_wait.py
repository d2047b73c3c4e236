"""When somebody may wait again, and which events end a wait."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store_server.ids import ShopperId
from store_server.offers.limits import CampaignLimits, Reentry
from store_server.offers.step import AwaitedKind, Happening
from store_server.offers.trigger import Way
from store_server.offers.wait import Entry, WaitEnd, begin, may_begin, step_trigger
from tests.store_server.flows.wait_builders import DAIRY, TEN_MIN, a_journey, a_wait
from tests.store_server.offers.builders import NOON, a_trigger

MADRID = ZoneInfo("Europe/Madrid")
SECOND = timedelta(seconds=1)
R = Reentry


def entered(at: datetime, shopper: str = "ann") -> Happening:
    return Happening(ShopperId(shopper), AwaitedKind.ZONE_ENTER, at, "e", zone=DAIRY)


def test_a_trigger_begins_one_wait_however_often_it_is_told() -> None:
    first, again = (begin(a_journey(), a_trigger(), org="acme", local=MADRID) for _ in range(2))

    assert first == again
    assert first.due_at == NOON + timedelta(seconds=TEN_MIN)


def test_only_an_event_after_the_beginning_and_before_the_time_ends_it() -> None:
    wait = a_wait("w")

    assert wait.is_ended_by(entered(NOON + SECOND))
    assert wait.is_ended_by(entered(wait.due_at - SECOND))
    assert not wait.is_ended_by(entered(NOON))
    assert not wait.is_ended_by(entered(wait.due_at))
    assert not wait.is_ended_by(entered(NOON + SECOND, shopper="bob"))
    over = replace(wait, state="cancelled", ended_by=WaitEnd.REENTRY)  # type: ignore[arg-type] # its text
    assert not over.is_ended_by(entered(NOON + SECOND))


@pytest.mark.parametrize(
    ("limits", "ago", "visit", "may"),
    [
        (CampaignLimits(), timedelta(seconds=1), "visit-1", True),
        (CampaignLimits(reentry=R.NEVER), timedelta(days=900), "visit-0", False),
        (CampaignLimits(reentry=R.PER_VISIT), timedelta(hours=1), "visit-1", False),
        (CampaignLimits(reentry=R.PER_VISIT), timedelta(hours=1), "visit-0", True),
        (CampaignLimits(reentry=R.PER_DAY), timedelta(hours=12), "visit-0", False),
        (CampaignLimits(reentry=R.PER_DAY), timedelta(hours=14), "visit-0", True),
        (CampaignLimits(reentry=R.AFTER_DAYS, reentry_days=2), timedelta(days=1), "v", False),
        (CampaignLimits(reentry=R.AFTER_DAYS, reentry_days=2), timedelta(days=2), "v", True),
    ],
)
def test_coming_back_goes_by_the_rule_of_the_campaign(
    limits: CampaignLimits, ago: timedelta, visit: str, may: bool
) -> None:
    last = Entry(NOON - ago, visit)

    assert may_begin(a_journey(limits=limits), a_wait("w"), last, MADRID) is may
    assert may_begin(a_journey(limits=limits), a_wait("w"), None, MADRID)


def test_the_question_at_its_end_is_named_after_the_wait() -> None:
    asked = [
        step_trigger(a_wait("w"), way, at=NOON, zone=DAIRY, visit_id="v")
        for way in (Way.EVENT, Way.TIMEOUT)
    ]

    assert asked[0].id == asked[1].id
    assert asked[0].campaign == a_wait("w").campaign
