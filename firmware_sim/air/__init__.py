"""The air: what power arrives where, and what is lost on the way.

    RSSI = power at 1 m - 10 n log10(d) - walls + gateway offset + shadowing + drift   (ether)
           - body by heading + multipath of this spot on this channel + noise           (link)

rounded to 1 dB. What stands still is a field over the floor: the same spot has the same
shadowing and the same multipath on every visit. What a receiver then makes of a packet (one
scan channel at a time, sensitivity, collisions, corrupt values) is `receiver`.
docs/simulator.md, "Simulator against reality", compares it with real recordings.
"""

from firmware_sim.air.environment import Air
from firmware_sim.air.ether import Ether
from firmware_sim.air.link import Link, Reception
from firmware_sim.air.receiver import chance_clear, chance_decoded

__all__ = ["Air", "Ether", "Link", "Reception", "chance_clear", "chance_decoded"]
