"""The funnel: each step counted, each loss with its reason."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.funnel import STEPS, Counts, funnel_of

COUNTS = Counts(
    visits=50,
    outcomes={"offered": 20, "held_out": 3, "nothing": 37},
    reasons={"shopper_cap_day": 7, "value_not_positive": 30},
    notified=20,
    delivered=15,
    opened=10,
    issued=20,
    redeemed=4,
    undelivered={"expired moment_over": 5},
    unused={"coupon_issued": 16},
)


def test_the_steps_come_in_their_order() -> None:
    assert tuple(step.name for step in funnel_of(COUNTS)) == STEPS


def test_every_decision_is_shown_held_out_or_lost_with_a_reason() -> None:
    steps = {step.name: step for step in funnel_of(COUNTS)}

    assert steps["triggers"].count == steps["chosen"].count + sum(steps["chosen"].lost.values())
    assert steps["chosen"].count == steps["offered"].count + steps["offered"].lost["held_out"]


def test_what_was_not_opened_is_a_loss() -> None:
    steps = {step.name: step for step in funnel_of(COUNTS)}

    assert steps["opened"].lost == {"not_opened": 5}


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 99)))
def test_the_largest_loss_stands_first(reasons: dict[str, int]) -> None:
    lost = funnel_of(replace(COUNTS, reasons=reasons))[2].lost

    assert dict(lost) == reasons
    assert list(lost.values()) == sorted(reasons.values(), reverse=True)
