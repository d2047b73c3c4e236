"""The constants of the filter, each with its source, in one place.

docs/presence.md shows how little the results move when each is changed by 30 %.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FilterTuning:
    """Seconds, decibels, metres.

    `step_s`: readings of a step are weighed together; `door_step_s` where changes must be told
    within a second. `fresh_s`: readings of one anchor this far apart count in full.
    `offset_sd_db`: how far senders of unknown power differ; `stated_sd_db`: when the advert
    states its power. `drift_db2_per_s`: pockets, hands and batteries. `reorder_s`: how long a
    step waits for what comes out of order when nobody promises that all has been told.
    """

    step_s: float = 0.25
    door_step_s: float = 0.25
    fresh_s: float = 0.5
    freedom: float = 3.0
    offset_sd_db: float = 20.0
    stated_sd_db: float = 3.0
    drift_db2_per_s: float = 0.003
    least_p: float = 0.5
    lead_p: float = 0.2
    hold_s: float = 2.0
    door_hold_s: float = 0.6
    first_hold_s: float = 0.6
    reorder_s: float = 1.0
    late_s: float = 2.0
    remembered_s: float = 3_600.0
