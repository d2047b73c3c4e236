"""A draft's waits are played through stays: the zone, the time, and who may come back."""

from datetime import UTC, datetime, timedelta

from store_server.ids import ShopperId, ZoneId
from store_server.offers.dry_run import questions
from store_server.offers.dry_run_waits import PlayedWaits, play_waits, plays
from store_server.offers.limits import CampaignLimits, Reentry
from store_server.offers.step import Awaited, AwaitedKind
from store_server.offers.trigger import Way
from store_server.presence.visit import Visit, ZoneStay
from tests.store_server.flows.wait_builders import BAKERY, DAIRY, TEN_MIN, a_journey, a_step
from tests.store_server.offers.builders import NOON

MINUTE = timedelta(minutes=1)
ENDED = NOON + timedelta(seconds=20 + TEN_MIN)


def a_visit(*stays: tuple[ZoneId, float, float], name: str = "v1") -> Visit:
    """Stays as (zone, from minute, to minute)."""
    zones = tuple(
        ZoneStay(zone, NOON + start * MINUTE, NOON + end * MINUTE) for zone, start, end in stays
    )
    started, ended = zones[0].entered_at, zones[-1].left_at
    return Visit(name, ShopperId("ann"), started, ended, zones)


def played(*visits: Visit, now: datetime = NOON + 9 * 60 * MINUTE, **more: object) -> PlayedWaits:
    campaign = a_journey(**more)  # type: ignore[arg-type] # a step, limits
    begun = sorted(
        (one for visit in visits for one in questions(campaign, visit)), key=lambda one: one.at
    )
    return play_waits(campaign, begun, visits, org="acme", local=UTC, now=now)


def told(found: PlayedWaits) -> list[tuple[Way | None, datetime, str | None, str | None]]:
    return [(one.way, one.at, one.zone, one.visit_id) for one in found.asked]


def test_the_zone_ends_it_the_moment_it_is_entered() -> None:
    found = played(a_visit((BAKERY, 0, 2), (DAIRY, 3, 4), (DAIRY, 5, 6)))

    assert told(found) == [(Way.EVENT, NOON + 3 * MINUTE, DAIRY, "v1")]


def test_else_the_time_is_up_where_the_shopper_is_by_then() -> None:
    stays = played(a_visit((BAKERY, 0, 30)))
    gone = played(a_visit((BAKERY, 0, 2)))

    assert told(stays) == [(Way.TIMEOUT, ENDED, BAKERY, "v1")]
    assert told(gone) == [(Way.TIMEOUT, ENDED, None, None)]


def test_of_a_campaign_a_shopper_waits_once_at_a_time() -> None:
    found = played(a_visit((BAKERY, 0, 2), (BAKERY, 4, 6), (BAKERY, 20, 22)))

    assert [one.at for one in found.asked] == [ENDED, ENDED + 20 * MINUTE]


def test_a_wait_may_end_in_a_later_visit() -> None:
    found = played(a_visit((BAKERY, 0, 2)), a_visit((DAIRY, 8, 9), name="v2"))

    assert told(found) == [(Way.EVENT, NOON + 8 * MINUTE, DAIRY, "v2")]


def test_who_may_not_come_back_is_counted_and_who_still_waits_left_out() -> None:
    limits = CampaignLimits(reentry=Reentry.PER_VISIT)
    visit = a_visit((BAKERY, 0, 2), (BAKERY, 20, 22))

    assert played(visit, limits=limits).refused == 1
    assert played(visit, now=NOON + 5 * MINUTE).asked == []


def test_only_what_follows_from_stays_can_be_played() -> None:
    told_by_till = a_step(awaited=Awaited(AwaitedKind.PURCHASE))

    assert plays(a_journey())
    assert plays(a_journey(step=a_step(awaited=None)))
    assert not plays(a_journey(step=told_by_till))
