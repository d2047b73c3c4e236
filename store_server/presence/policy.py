"""The numbers presence goes by: how long, how loud, how sure.

Source: docs/simulator.md for what phones do in the background; the margins are those at which
a strongest-anchor engine stops flapping between neighbours with 4 dB of shadowing.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PresencePolicy:
    """Settings of the strongest-anchor engine and of visits; seconds and decibels.

    `silence_s` ends the stay of a device that gateways hear. `beacon_silence_s` is for phones
    that report beacons: they wake rarely and report in bursts, so silence says less.
    `exit_gap_s` ends a visit after a stay in an entrance or checkout zone, `visit_gap_s` after
    a stay elsewhere.
    """

    smoothing_s: float = 4.0
    margin_db: float = 4.0
    family_margin_db: float = 6.0
    hold_s: float = 3.0
    first_hold_s: float = 1.0
    anchor_memory_s: float = 10.0
    beacon_memory_s: float = 30.0
    silence_s: float = 30.0
    beacon_silence_s: float = 180.0
    floor_db: float = -45.0
    default_power_dbm: int = -59
    path_loss_exponent: float = 2.5
    reorder_s: float = 2.0
    dwell_marks_s: tuple[float, ...] = (30.0, 60.0)
    exit_gap_s: float = 60.0
    visit_gap_s: float = 300.0
    late_s: float = 30.0
    clock_lag_s: float = 30.0
