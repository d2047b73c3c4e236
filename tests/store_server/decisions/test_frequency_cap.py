"""Caps count shopper and household, and hold in any sequence of triggers."""

from datetime import UTC, timedelta

from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.decision import Decision
from store_server.decisions.frequency_cap import ShownRecord, count_shown
from store_server.ids import CampaignId, HouseholdId, ShopperId
from store_server.offers.catalogue import catalogue_of
from tests.store_server.decisions.builders import a_policy, a_request, decided
from tests.store_server.offers.builders import NOON, a_campaign, a_trigger, an_offer

ANN, BOB = ShopperId("ann"), ShopperId("bob")
HOME = HouseholdId("home")
BAKERY = CampaignId("bakery")


def a_record(
    shopper: ShopperId = ANN,
    *,
    household: HouseholdId | None = None,
    visit: str | None = "v1",
    days_ago: int = 0,
) -> ShownRecord:
    return ShownRecord(shopper, household, visit, BAKERY, NOON - timedelta(days=days_ago))


def counts(*records: ShownRecord, household: HouseholdId | None = None) -> tuple[int, int]:
    shown = count_shown(
        records,
        shopper=ANN,
        household=household,
        visit_id="v1",
        now=NOON,
        local=UTC,
    )
    return shown.in_visit_total, shown.today_total


def test_a_visit_counts_over_midnight_and_a_day_does_not() -> None:
    assert counts(a_record(days_ago=1)) == (1, 0)


def test_the_day_counts_the_household_and_the_visit_only_oneself() -> None:
    of_bob = a_record(BOB, household=HOME)

    assert counts(of_bob, household=HOME) == (0, 1)
    assert counts(of_bob) == (0, 0)


def test_what_the_shopper_had_before_joining_the_household_counts_once() -> None:
    assert counts(a_record(), a_record(household=HOME), household=HOME) == (2, 2)


@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("vw"), st.sampled_from("xy"))),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from([0, 10_000]),
)
def test_no_sequence_of_triggers_exceeds_a_cap(
    asks: list[tuple[str, str, str]], per_visit: int, per_day: int, holdout_bp: int
) -> None:
    campaigns = [a_campaign(c, cap_per_visit=per_visit, cap_per_day=per_day) for c in "xy"]
    catalogue = catalogue_of([an_offer()], campaigns)
    policy = a_policy(cap_per_visit=3, cap_per_day=4, holdout_bp=holdout_bp)

    records: list[ShownRecord] = []
    made: list[Decision] = []
    for number, (shopper, visit, _) in enumerate(asks):
        trigger = a_trigger(f"e{number}", shopper=shopper, visit=f"{shopper}-{visit}")
        shown = count_shown(
            records,
            shopper=trigger.shopper,
            household=HOME,
            visit_id=trigger.visit_id,
            now=NOON,
            local=UTC,
        )
        decision = decided(
            a_request(trigger, household="home", shown=shown), policy, catalogue=catalogue
        )
        if decision.campaign is not None:
            made.append(decision)
            records.append(
                ShownRecord(trigger.shopper, HOME, trigger.visit_id, decision.campaign, NOON)
            )

    assert len(made) <= 4
    for campaign in "xy":
        of_campaign = [one for one in made if one.campaign == campaign]
        assert len(of_campaign) <= per_day
        for visited in {one.visit_id for one in of_campaign}:
            assert sum(one.visit_id == visited for one in of_campaign) <= per_visit
