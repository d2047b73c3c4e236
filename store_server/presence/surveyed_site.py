"""The site of a document with what a survey measured: a map over the floor, or labelled states."""

import math
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from store_server.errors import ConfigError
from store_server.presence.grid import grid_space
from store_server.presence.label_map import LabelMap, fit_labels
from store_server.presence.radio_map import EXPONENT
from store_server.presence.site import Site, anchor_places, site_of
from store_server.presence.site_document import SitePlan, site_from, space_of
from store_server.presence.survey import Survey
from store_server.presence.survey_map import FittedMap, fit_survey
from store_server.shop.floor_plan import FloorPlan

# With a map measured here, evidence of a walk comes at once; belief need not run ahead of it as
# fast as without. 0.8-1.1 m/s give the same results.
SURVEYED_SPEED_M_PER_S = 1.0
# A surveyed map tells places apart in fewer, fuller steps.
SURVEYED_STEP_S = 0.5
# The middle of what a survey sees of a gateway.
USUAL_M = 5.0


class SurveyedSite(NamedTuple):
    """A site for the filter, and what to tell of the fit, a sentence a line."""

    site: Site
    lines: tuple[str, ...]


def surveyed_site(document: SitePlan, survey: Survey, *, source: str) -> SurveyedSite:
    """The filter's inputs for a document and a survey of it.

    Args:
        document: gateways, zones, floor.
        survey: with places, or with zones only.
        source: how to name the survey in messages.

    Raises:
        ConfigError: too little in the survey, or it is of another site.
    """
    try:
        return _placed(document, survey) if survey.placed.any() else _labelled(document, survey)
    except ConfigError as error:
        raise ConfigError(f"{source}: {error}") from None


def surveyed_plan(plan: FloorPlan, survey: Survey) -> SurveyedSite:
    """The filter's inputs for a store's plan and its survey: what the live engine loads.

    A survey that only tells zones gives states without places.

    Raises:
        ConfigError: too little in the survey, or it is of another site.
    """
    if survey.placed.any():
        space = grid_space(plan, speed_m_per_s=SURVEYED_SPEED_M_PER_S)
        fitted = fit_survey(survey, anchor_places(plan), space)
        site = replace(
            site_of(plan, space=space, radio=fitted.radio),
            reference_dbm=_reference_dbm(fitted, survey),
        )
        return SurveyedSite(site, fitted_lines(fitted, survey))
    labelled = fit_labels(survey, tuple(zone.id for zone in plan.zones))
    return SurveyedSite(
        site_of(plan, space=labelled.space, radio=labelled.radio), label_lines(labelled, survey)
    )


def _placed(document: SitePlan, survey: Survey) -> SurveyedSite:
    space = space_of(document, speed_m_per_s=SURVEYED_SPEED_M_PER_S)
    fitted = fit_survey(survey, anchor_places(document.plan), space, tag_z_m=document.tag_z_m)
    site = replace(
        site_from(document, space=space, radio=fitted.radio),
        reference_dbm=_reference_dbm(fitted, survey),
    )
    if not document.doors:
        site = replace(site, step_s=SURVEYED_STEP_S)
    return SurveyedSite(site, fitted_lines(fitted, survey))


def _reference_dbm(fitted: FittedMap, survey: Survey) -> float:
    """The level at 1 m that the map is made for, for devices that state theirs.

    Where the surveyed device did not state it, it follows from the levels at a usual distance:
    the fitted law is no good at 1 m, where nobody stood.
    """
    if survey.reference_dbm is not None:
        return survey.reference_dbm
    path_db = 10 * math.log10(USUAL_M)
    return fitted.trend.level_dbm + (EXPONENT - fitted.trend.exponent) * path_db


def _labelled(document: SitePlan, survey: Survey) -> SurveyedSite:
    if document.has_polygons:
        zones = tuple(zone.id for zone in document.plan.zones)
    else:
        zones = tuple(dict.fromkeys(document.labels.values()))
    fitted = fit_labels(survey, zones)
    return SurveyedSite(
        site_from(document, space=fitted.space, radio=fitted.radio), label_lines(fitted, survey)
    )


def fitted_lines(fitted: FittedMap, survey: Survey) -> tuple[str, ...]:
    """What a map with places came to, for people."""
    lines = [
        f"survey: {len(fitted.points.xy)} points, {len(survey)} readings, "
        f"{int(fitted.points.heard.sum())} of {len(fitted.points.anchors)} gateways heard"
    ]
    for method, errors in fitted.errors_m.items():
        chosen = ", chosen" if method == fitted.method else ""
        lines.append(
            f"survey: {method} map, points left out: mean error {errors.mean():.2f} m, median "
            f"{np.median(errors):.2f} m, zone right {fitted.zones_right[method]:.0%}{chosen}"
        )
    smooth = fitted.smoothness
    lines.append(
        f"survey: levels vary by {smooth.signal_db:.1f} dB over {smooth.length_m:.1f} m around "
        f"{fitted.trend.level_dbm:.0f} dBm at 1 m with exponent {fitted.trend.exponent:.2f}"
    )
    if fitted.unknown_anchors:
        lines.append(f"survey: not on the plan, left out: {', '.join(fitted.unknown_anchors)}")
    return (*lines, *_set_aside(survey))


def label_lines(fitted: LabelMap, survey: Survey) -> tuple[str, ...]:
    """What a labelled map came to, for people."""
    parts = ", ".join(f"{zone} {count}" for zone, count in fitted.prototypes.items())
    lines = [f"survey: {len(survey)} readings, prototypes by zone: {parts}"]
    if fitted.unsurveyed:
        lines.append(f"survey: zones never told, never answered: {', '.join(fitted.unsurveyed)}")
    return (*lines, *_set_aside(survey))


def _set_aside(survey: Survey) -> tuple[str, ...]:
    if not survey.set_aside:
        return ()
    return (f"survey: {survey.set_aside} readings that no radio measures were set aside",)
