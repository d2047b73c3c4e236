"""Which engine places the shoppers of a store, and what it is built from."""

from typing import Literal

import structlog

from store_server.ids import Scope
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.policy import PresencePolicy
from store_server.presence.site import site_of
from store_server.shop.floor_plan import FloorPlan

log = structlog.get_logger(__name__)

EngineName = Literal["bayes", "nearest"]


def engine_for(
    plan: FloorPlan, *, name: EngineName, scope: Scope, policy: PresencePolicy
) -> PresenceEngine:
    """An engine without devices for this plan; one without anchors needs no filter."""
    if name == "nearest" or not plan.anchors():
        return NearestAnchor(plan, scope=scope, policy=policy)
    site = site_of(plan)
    log.info("presence by belief", cells=site.space.n, anchors=len(site.radio.anchors))
    return BayesFilter(site, scope=scope, policy=policy)
