"""A door without a survey: states are "next to this gateway", zones are the gateways' labels.

Whoever hangs gateways on both sides of a door and labels them says: whom this one hears best is
on its side. That holds where geometry does not: metal doors, hall walls and ceilings bend the
path-loss law by more than the few metres between in and out. So each labelled gateway is one
state, loud at itself and far from all others, and belief goes from any to any.
"""

from collections.abc import Mapping

import numpy as np

from store_server.ids import ZoneId
from store_server.presence.radio_map import RadioMap, level_dbm
from store_server.presence.state_space import RateMotion, StateSpace
from store_server.shop.floor_plan import FloorPlan, gateway_anchor

# "Next to" and "elsewhere": only the difference counts, and the results are flat in it.
NEXT_TO_M = 2.0
ELSEWHERE_M = 12.0
SPREAD_DB = 6.0
# Somebody at a door goes elsewhere about once a second.
MOVES_PER_S = 1.0
# At a door, readings this far apart count in full: one walks past a gateway in a second.
FRESH_S = 0.25


def door_states(plan: FloorPlan, labels: Mapping[str, ZoneId]) -> tuple[StateSpace, RadioMap]:
    """The states and the map of labelled gateways.

    Args:
        plan: with the gateways.
        labels: gateway id -> zone; gateways without one are heard by no state in particular.
    """
    own = [gateway for gateway in plan.gateways if gateway.id in labels]
    zones = tuple(dict.fromkeys(labels[gateway.id] for gateway in own))
    n = len(own)
    mean = np.full((len(plan.gateways), n), level_dbm(ELSEWHERE_M), np.float32)
    for row, gateway in enumerate(plan.gateways):
        if gateway.id in labels:
            mean[row, own.index(gateway)] = level_dbm(NEXT_TO_M)
    membership = np.array([[labels[g.id] == zone for g in own] for zone in zones], float)
    space = StateSpace(
        np.array([(gateway.x, gateway.y) for gateway in own], float),
        zones,
        membership,
        RateMotion(np.full((n, n), MOVES_PER_S / n)),
    )
    anchors = tuple(gateway_anchor(gateway.id) for gateway in plan.gateways)
    return space, RadioMap(anchors, mean, np.full_like(mean, SPREAD_DB))
