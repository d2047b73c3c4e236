"""The seconds counter of a beacon or tag: it drifts, and a reset throws it back to the last save.

    counting --(a day since the last save)--> saved --> counting
    counting --(power lost)--> stopped --(power is back)--> counting from the last save

The device knows no UTC. After a reset its clock is late by the time since the last save and by
the time without power, up to a day and more; the store's table of ids has to bear that.

Source: counter, limit of 150 ppm and daily save: google/eddystone, eddystone-eid/
eid-computation.md, "Recovering from power loss". Tuning-fork crystals: 20 ppm of tolerance and
-0.034 ppm/C^2 around 25 C, as in the data sheet of the Epson FC-135.
"""

import random

SAVE_EVERY_S = 86_400.0
TOLERANCE_PPM = 20.0
PARABOLA_PPM = -0.034
TURNOVER_C = 25.0


class DeviceClock:
    """One seconds counter, started at `seconds`; `advance` moves it by true seconds."""

    def __init__(self, *, seconds: float, rng: random.Random) -> None:
        self.seconds = seconds
        self.saved_s = seconds
        self.tolerance_ppm = rng.uniform(-TOLERANCE_PPM, TOLERANCE_PPM)

    def drift_ppm(self, temperature_c: float) -> float:
        """How much too fast the counter runs at a temperature, millionths."""
        return self.tolerance_ppm + PARABOLA_PPM * (temperature_c - TURNOVER_C) ** 2

    def advance(self, true_s: float, *, temperature_c: float) -> None:
        """Count on, and save once a day."""
        self.seconds += true_s * (1.0 + self.drift_ppm(temperature_c) / 1e6)
        if self.seconds - self.saved_s >= SAVE_EVERY_S:
            self.saved_s += (self.seconds - self.saved_s) // SAVE_EVERY_S * SAVE_EVERY_S

    def reset(self) -> None:
        """Power was lost: count on from what was saved."""
        self.seconds = self.saved_s
