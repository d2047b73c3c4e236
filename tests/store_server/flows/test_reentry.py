"""Coming back is counted in the store's local days, also over nights on which clocks change."""

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from store_server.database import Database
from store_server.flows.rooms import Policy
from store_server.offers.limits import CampaignLimits, Reentry
from tests.store_server.flows.decision_builders import Shop, a_shop
from tests.store_server.offers.builders import a_campaign, a_trigger

MADRID = ZoneInfo("Europe/Madrid")
# The first day of summer time has 23 hours, the last one 25.
SHORT, LONG = "2026-03-29", "2026-10-25"
ROOMY = Policy(
    holdout_bp=0,
    timezone="Europe/Madrid",
    cap_per_visit=9,
    cap_per_day=9,
    cap_per_week=99,
    explore_bp=0,
    discovery_every=0,
    repeats_in_visit=True,
    category_share_bp=10_000,
)


def a_place(database: Database, limits: CampaignLimits) -> Shop:
    campaign = replace(a_campaign(cap_per_day=9, cap_per_visit=9), limits=limits)
    return a_shop(database, campaigns=[campaign], policy=ROOMY)


def shown(shop: Shop, *hours: float, day: str, visits: bool = True) -> list[bool]:
    """Whether Ann is offered something, so many real hours after the local midnight of `day`."""
    midnight = datetime.fromisoformat(day).replace(tzinfo=MADRID).timestamp()
    found = []
    for number, hour in enumerate(hours):
        shop.now = datetime.fromtimestamp(midnight, ZoneInfo("UTC")) + timedelta(hours=hour)
        visit = f"v{number}" if visits else "v"
        (decision,) = shop.decide(a_trigger(f"{day}/{hour}", at=shop.now, visit=visit))
        found.append(decision.outcome.value == "offered")
    return found


@pytest.mark.parametrize(
    ("day", "hours", "offered"),
    [
        (SHORT, (0.5, 22.9, 23.1), [True, False, True]),
        (LONG, (0.5, 23.1, 24.9, 25.1), [True, False, False, True]),
    ],
)
def test_once_a_day_is_once_between_two_local_midnights(
    sqlite_database: Database, day: str, hours: tuple[float, ...], offered: list[bool]
) -> None:
    shop = a_place(sqlite_database, CampaignLimits(reentry=Reentry.PER_DAY))

    assert shown(shop, *hours, day=day) == offered


@pytest.mark.parametrize(("day", "length_h"), [(SHORT, 23), (LONG, 25)])
def test_after_two_days_is_on_the_second_local_day(
    sqlite_database: Database, day: str, length_h: int
) -> None:
    limits = CampaignLimits(reentry=Reentry.AFTER_DAYS, reentry_days=2)
    shop = a_place(sqlite_database, limits)

    found = shown(shop, 20, length_h + 23.9, length_h + 24.1, day=day)

    assert found == [True, False, True]


def test_once_a_visit_is_again_in_the_next_one(sqlite_database: Database) -> None:
    shop = a_place(sqlite_database, CampaignLimits(reentry=Reentry.PER_VISIT))

    assert shown(shop, 10, 10.1, day=SHORT, visits=False) == [True, False]
    assert shown(shop, 12, day=SHORT) == [True]


def test_never_again_is_never_again(sqlite_database: Database) -> None:
    shop = a_place(sqlite_database, CampaignLimits(reentry=Reentry.NEVER))

    assert shown(shop, 10, 24 * 40, day=LONG) == [True, False]
