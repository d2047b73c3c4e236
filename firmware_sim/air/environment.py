"""The constants of one radio environment, each with where it comes from."""

import math
from dataclasses import dataclass

# The mean of the three channels at one spot still has this sd at K = 2 and 20 ns.
# Source: tests/firmware_sim/air/test_fields.py measures it.
LEFT_BY_INTERFERENCE_DB = 2.5


@dataclass(frozen=True, slots=True)
class Air:
    """Radio of one environment; decibels unless the name says otherwise.

    "Office" is the public data set Position-Annotated-BLE-RSSI-Dataset (GitHub philotuxo, CC0):
    12 receivers, a tag on a mast, 45 surveyed points and walks months earlier. What was measured
    there is what `firmware-sim validate-air` compares with.

    Attributes:
        path_loss_exponent: retail floors have 1.8 to 2.6, the office 1.5.
            Source: Rappaport, "Wireless Communications", 2nd ed., tables 4.2 and 4.6.
        shadowing_sd_db: how far the mean level of a spot is from the path loss, sd over spots for
            one gateway. Source: office, 45 points: 4.05 dB; literature 4 to 4.5. It is made of
            the slow field (`field_sd_db`), the gateway's antenna and what interference leaves.
        shadowing_length_m: the slow field's correlation falls to 1/e within it. Source: the form
            is Gudmundson, Electronics Letters 27 (1991) 2145; 2.5 m as of issue 4.
        gateway_sd_db: offset of one receiver. Source: office, means of the residual by gateway:
            sd 2.1 to 2.9 dB.
        antenna_sd_db: gain of a gateway by direction. Source: office; lobes of the first two
            orders explain .29 of the variance of point means, .15 in an air without lobes.
        k_factor: power of the steady path over that of the scattered ones, as a ratio. Source:
            office; sd between consecutive adverts on the move 6.2 dB, so 4.4 dB for each, which
            a Rician channel has at K = 2 (3 dB).
        delay_spread_ns: rms delay of the scattered paths; makes the three channels fade apart.
            Source: Saleh and Valenzuela, IEEE JSAC 5 (1987) 128: 10 to 50 ns indoors.
            With K it gives the spread between channels at a spot: 2.6 dB in the middle.
        fading_sd_db: what is left when spot and channel are the same. Source: office, survey.
        body_db: what a body behind which the sender is takes from it, at most; 0 on a mast.
            Source: Hamida and Chelius, IEEE Wireless Comm. 17 (2010) 26, 10 to 20 dB at
            2.4 GHz; the office's tag on a mast has none (residual by heading within 1 dB).
        drift_sd_db: slow change of one gateway's level (temperature, goods, doors), over
            minutes to days. Source: office, walks against survey months later: 1.3 dB between
            the two by gateway, so about 1 dB for each.
        floor_dbm: nothing is decoded below. Source: office, lowest value of 24,000.
        loss: part of the adverts that other traffic and the radio's own business take.
            Source: office 0.13 with 12 receivers; a quiet band has less.
        corrupt_share: adverts whose RSSI is nonsense. Source: +42 dBm and the like in real
            recordings; 127 is "not available", Core Spec 5.4, Vol 4 Part E 7.7.65.2.
        scan_dwell_ms: how long the scanner stays on one channel. Source: office; 1.7 % of
            adverts are heard on two channels, which a dwell of about 110 ms gives.
        scan_window_share: part of the dwell in which the radio listens. Linux listens half of
            it while connected or in background (hci_core: interval 60 ms, window 30 ms).
    """

    path_loss_exponent: float = 2.4
    shadowing_sd_db: float = 4.1
    shadowing_length_m: float = 2.5
    gateway_sd_db: float = 2.1
    antenna_sd_db: float = 1.5
    k_factor: float = 2.0
    delay_spread_ns: float = 20.0
    fading_sd_db: float = 0.64
    body_db: float = 14.0
    drift_sd_db: float = 1.0
    floor_dbm: float = -102.0
    loss: float = 0.05
    corrupt_share: float = 0.0005
    scan_dwell_ms: float = 110.0
    scan_window_share: float = 1.0

    @property
    def field_sd_db(self) -> float:
        """The sd of the slow field: what antenna and interference leave of the shadowing."""
        others = self.antenna_sd_db**2 + LEFT_BY_INTERFERENCE_DB**2
        return math.sqrt(max(0.0, self.shadowing_sd_db**2 - others))

    def __post_init__(self) -> None:
        """Raises ValueError: a constant that cannot be; the text names it and what it may be."""
        for name in ("shadowing_length_m", "scan_dwell_ms"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} is {getattr(self, name)}; must be above 0")
        for name in _SPREADS:
            if getattr(self, name) < 0:
                raise ValueError(f"{name} is {getattr(self, name)}; must be 0 or more")
        for name in ("loss", "corrupt_share"):
            if not 0 <= getattr(self, name) < 1:
                raise ValueError(f"{name} is {getattr(self, name)}; must be 0 or more and below 1")
        if not 0 < self.scan_window_share <= 1:
            share = self.scan_window_share
            raise ValueError(f"scan_window_share is {share}; must be above 0 and at most 1")
        if self.k_factor > 15:
            raise ValueError(f"k_factor is {self.k_factor}; a ratio (not dB) of 0 to 15")


_SPREADS = (
    "shadowing_sd_db",
    "gateway_sd_db",
    "antenna_sd_db",
    "k_factor",
    "delay_spread_ns",
    "fading_sd_db",
    "body_db",
    "drift_sd_db",
)
