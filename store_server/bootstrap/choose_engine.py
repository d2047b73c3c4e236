"""Which engine places the shoppers of a store, and what it is built from."""

from collections.abc import Sequence
from typing import Literal

import structlog

from store_server.errors import ConfigError
from store_server.ids import Scope
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.engine import PresenceEngine
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.policy import PresencePolicy
from store_server.presence.site import Site, site_of
from store_server.presence.survey import SurveyLine, survey_of
from store_server.shop.floor_plan import FloorPlan

log = structlog.get_logger(__name__)

EngineName = Literal["bayes", "nearest"]


def engine_for(
    plan: FloorPlan,
    *,
    name: EngineName,
    scope: Scope,
    policy: PresencePolicy,
    survey: Sequence[SurveyLine] = (),
) -> PresenceEngine:
    """An engine without devices for this plan; one without anchors needs no filter.

    Args:
        plan: the floor.
        name: what the settings ask for.
        scope: whose events these are.
        policy: what presence goes by.
        survey: the store's survey; what cannot be fitted is said and left out.
    """
    if name == "nearest" or not plan.anchors():
        return NearestAnchor(plan, scope=scope, policy=policy)
    site = _site(plan, survey)
    log.info("presence by belief", cells=site.space.n, anchors=len(site.radio.anchors))
    return BayesFilter(site, scope=scope, policy=policy)


def _site(plan: FloorPlan, survey: Sequence[SurveyLine]) -> Site:
    """By the survey where there is one of use, else by the places of anchors alone."""
    if survey:
        # A fifth of all that a start imports (scipy), and most stores have no survey.
        from store_server.presence.surveyed_site import surveyed_plan  # noqa: PLC0415

        try:
            fitted = surveyed_plan(plan, survey_of(survey))
        except ConfigError as error:
            log.warning("survey is of no use", error=str(error))
        else:
            log.info("survey fitted", readings=len(survey))
            return fitted.site
    return site_of(plan)
