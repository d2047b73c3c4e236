"""When a change of zone is told."""

import numpy as np

from store_server.presence.zone_rule import NOWHERE, Told, ZoneRule, due_t, leading

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
