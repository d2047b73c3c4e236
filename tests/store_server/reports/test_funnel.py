"""The funnel: each step counted, each loss with its reason."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from store_server.reports.funnel import STEPS, Counts, funnel_of

COUNTS = Counts(
    visits=50,
    zone_stays=140,
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

    lost = {**steps["eligible"].lost, **steps["decided"].lost}
    assert lost == {"shopper_cap_day": 7, "value_not_positive": 30}
    assert steps["asked"].count == steps["eligible"].count + 7
    assert steps["eligible"].count == steps["decided"].count + 30
    assert steps["decided"].count == steps["offered"].count + steps["offered"].lost["held_out"]


def test_what_was_not_opened_is_a_loss() -> None:
    steps = {step.name: step for step in funnel_of(COUNTS)}

    assert steps["opened"].lost == {"not_opened": 5}


@given(st.dictionaries(st.text(min_size=1), st.integers(1, 99)))
def test_the_largest_loss_stands_first(reasons: dict[str, int]) -> None:
    steps = {step.name: step for step in funnel_of(replace(COUNTS, reasons=reasons))}

    lost = steps["eligible"].lost if "value" not in " ".join(reasons) else {}
    if not lost:
        return
    assert dict(lost) == reasons
    assert list(lost.values()) == sorted(reasons.values(), reverse=True)
