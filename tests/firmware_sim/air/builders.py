"""Airs in which only one thing happens, so that a test sees that thing."""

from firmware_sim.air import Air
from firmware_sim.floor import Anchor

# A very steady path: interference below .1 dB.
STEADY = 15.0
HERE = (Anchor("gw-1", 0, 0, 1.1),)


def quiet_air(**changes: float) -> Air:
    silence = {
        "shadowing_sd_db": 0.0,
        "gateway_sd_db": 0.0,
        "antenna_sd_db": 0.0,
        "fading_sd_db": 0.0,
        "drift_sd_db": 0.0,
        "loss": 0.0,
        "corrupt_share": 0.0,
    }
    return Air(**(silence | changes))


def many_anchors(number: int = 400) -> list[Anchor]:
    return [Anchor(f"gw-{one}", 0, 0, 1.1) for one in range(number)]
