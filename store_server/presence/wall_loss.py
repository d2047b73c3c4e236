"""What the walls of a plan take from a level: the attenuation of each crossing, up to a limit.

Straight lines seen from above, from anchor to state (the multi-wall model, COST 231 final
report, section 4.7.2, without its sublinear term). Beyond the limit a signal goes around.
"""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from store_server.presence.grid import crosses
from store_server.presence.radio_map import AnchorPlace
from store_server.presence.state_space import StateSpace
from store_server.shop.floor_plan import Wall

# Through doors, over shelves and off ceilings: what is measured behind many walls.
MOST_DB = 20.0


def wall_loss_db(
    anchors: Sequence[AnchorPlace], space: StateSpace, walls: Iterable[Wall]
) -> NDArray[np.float64] | None:
    """(anchors, states): dB that walls take on the way; None where no wall takes any."""
    taking = [wall for wall in walls if wall.attenuation_db > 0]
    if not taking or not anchors:
        return None
    start = np.array([(anchor.x, anchor.y) for anchor in anchors], float)[:, None]
    loss = np.zeros((len(anchors), space.n))
    for wall in taking:
        for a, b in wall.segments():
            hit = crosses(start, space.xy[None], np.array(a, float), np.array(b, float))
            loss += wall.attenuation_db * hit
    return np.minimum(loss, MOST_DB)
