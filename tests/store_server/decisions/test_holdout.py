"""The holdout is the household's, stays the same, and is as large as it is said to be."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.decisions.decision import Arm
from store_server.decisions.holdout import arm_of
from store_server.ids import HouseholdId, OrgId, ShopperId
from tests.store_server.decisions.builders import a_policy

ORG = OrgId("acme")
UNITS = 20_000


def arms(holdout_bp: int, *, org: str = "acme") -> list[Arm]:
    policy = a_policy(holdout_bp=holdout_bp)
    return [arm_of(ShopperId(f"s{n}"), None, org=OrgId(org), policy=policy) for n in range(UNITS)]


@pytest.mark.parametrize("holdout_bp", [0, 100, 1000, 5000, 10_000])
def test_the_share_held_out_is_what_the_policy_says(holdout_bp: int) -> None:
    share = arms(holdout_bp).count(Arm.HOLDOUT) / UNITS

    expected = holdout_bp / 10_000
    assert abs(share - expected) <= 4 * math.sqrt(expected * (1 - expected) / UNITS)


def test_whoever_is_held_out_stays_so_when_the_holdout_grows() -> None:
    small, large = arms(500), arms(1000)

    assert all(b is Arm.HOLDOUT for a, b in zip(small, large, strict=True) if a is Arm.HOLDOUT)


def test_another_organisation_draws_another_holdout() -> None:
    here, there = arms(5000), arms(5000, org="other")

    same = sum(a is b for a, b in zip(here, there, strict=True))
    assert abs(same / UNITS - 0.5) < 0.02


@given(st.text(), st.text(), st.text())
def test_a_household_shares_its_arm(household: str, one: str, another: str) -> None:
    policy = a_policy(holdout_bp=5000)

    arms_of_both = {
        arm_of(ShopperId(who), HouseholdId(household), org=ORG, policy=policy)
        for who in (one, another)
    }

    assert len(arms_of_both) == 1
