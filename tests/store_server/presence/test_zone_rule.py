"""When a change of zone is told."""

import numpy as np

from store_server.presence.zone_rule import (
    NOWHERE,
    RETURN_HOLDS,
    RETURN_WITHIN_S,
    Told,
    ZoneRule,
    due_t,
    leading,
)

RULE = ZoneRule((2.0, 2.0, 0.6, 2.0), 0.6, 0.5, 0.1)


def after(told: Told, *masses: float, t: float = 0.0) -> Told:
    return leading(told, np.array(masses), t, rule=RULE)


def test_a_rival_must_hold_from_when_it_first_led() -> None:
    told = after(Told(0), 0.44, 0.46, 0.0, t=10.0)
    assert due_t(told, rule=RULE) is None

    told = after(told, 0.2, 0.7, 0.0, t=11.0)
    assert due_t(told, rule=RULE) == 12.0


def test_a_rival_that_falls_back_starts_anew() -> None:
    told = after(Told(0), 0.2, 0.7, 0.0, t=10.0)
    told = after(told, 0.7, 0.2, 0.0, t=11.0)

    assert told == Told(0)


def test_a_door_is_quick_whichever_way() -> None:
    assert due_t(after(Told(0), 0.1, 0.0, 0.9, t=10.0), rule=RULE) == 10.6
    assert due_t(after(Told(2), 0.9, 0.0, 0.1, t=10.0), rule=RULE) == 10.6


def test_less_than_half_is_never_enough() -> None:
    assert due_t(after(Told(0), 0.1, 0.49, 0.3, t=10.0), rule=RULE) is None


def test_the_first_zone_needs_only_the_short_hold() -> None:
    assert due_t(after(Told(), 0.9, 0.0, 0.0, t=10.0), rule=RULE) == 10.6


def test_leaving_every_zone_is_a_move_too() -> None:
    told = after(Told(0), 0.1, 0.1, 0.0, t=10.0)

    assert told.rival == NOWHERE
    assert due_t(told, rule=RULE) == 12.0


def test_the_way_back_needs_a_longer_hold_for_a_while() -> None:
    here = Told(1, left=0, since_t=10.0)

    soon = due_t(after(here, 0.8, 0.1, 0.1, t=12.0), rule=RULE)
    later = due_t(after(here, 0.8, 0.1, 0.1, t=10.0 + RETURN_WITHIN_S), rule=RULE)
    onward = due_t(after(here, 0.1, 0.1, 0.8, t=12.0), rule=RULE)

    hold_s = min(RULE.hold_s[0], RULE.hold_s[1])
    assert soon == 12.0 + RETURN_HOLDS * hold_s
    assert later == 10.0 + RETURN_WITHIN_S + hold_s
    assert onward is not None
    assert onward < 12.0 + RETURN_HOLDS * hold_s


def test_a_move_remembers_what_was_left() -> None:
    told = after(Told(0), 0.1, 0.8, 0.1, t=10.0).moved(12.0)

    assert told == Told(1, left=0, since_t=12.0)
