"""The survey page: how well the store is heard, how far off places are, zone by zone and drawn."""

import asyncio
import math
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from fastapi import APIRouter
from fastapi.responses import Response

from store_server.clock import from_ms
from store_server.entrypoints.console.plan_drawing import CM, draw
from store_server.entrypoints.console.visit import PageRoute, Visitor
from store_server.entrypoints.http_auth import Context
from store_server.flows.show_survey import show_survey
from store_server.presence.coverage import SQUARE_M, Square, squares_of
from store_server.presence.site import Site, site_of
from store_server.presence.site_check import SiteCheck, check_site
from store_server.shop.floor_plan import FloorPlan

router = APIRouter(route_class=PageRoute)

# Up to so many metres off: what a zone of 4 to 5 m needs, a bay, an aisle, a department.
STEPS_M = (1.5, 2.5, 4.0, 6.0)
SIDE_CM = round(SQUARE_M * CM)


@dataclass(frozen=True, slots=True)
class Painted:
    """One square of the map: `step` 1 (best) .. 5, 0 where too few gateways hear."""

    x_cm: int
    y_cm: int
    step: int


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """A zone in words: shares 0..1; error_m None: no part of it is on the floor."""

    name: str
    heard: float
    error_m: float | None
    right: float


@router.get("/store/survey")
async def show_survey_page(visit: Visitor, context: Context) -> Response:
    """Coverage and expected error of the map that the running engine goes by."""
    state = await context.read(show_survey)
    plan = context.rooms.live.plan
    site = state.site or await asyncio.to_thread(_site_of, plan)
    known = site is not None and site.space.cells is not None
    check, squares = await asyncio.to_thread(_checked, site) if site and known else (None, ())
    return visit.page(
        "survey.html",
        plan=draw(plan),
        state=state,
        walked_at=_walked_at(state.stamp.newest_ms),
        check=check,
        zones=() if check is None else _lines(check, plan),
        squares=tuple(_painted(one, plan) for one in squares),
        side=SIDE_CM,
        steps=STEPS_M,
        points=[(round(x * CM), round((plan.height_m - y) * CM)) for x, y in state.points],
    )


@lru_cache(maxsize=2)
def _site_of(plan: FloorPlan) -> Site | None:
    """For an engine without a map of its own: what the plan alone promises."""
    return site_of(plan) if plan.zones and plan.anchors() else None


@lru_cache(maxsize=2)
def _checked(site: Site) -> tuple[SiteCheck, tuple[Square, ...]]:
    """A second of work; a site never changes, a new survey brings a new one."""
    check = check_site(site.space, site.radio, rng=np.random.default_rng(1))
    return check, squares_of(site.space, site.radio)


def _walked_at(newest_ms: int) -> datetime | None:
    return from_ms(newest_ms) if newest_ms else None


def _lines(check: SiteCheck, plan: FloorPlan) -> tuple[ZoneLine, ...]:
    names = {str(zone.id): zone.name for zone in plan.zones}
    return tuple(
        ZoneLine(
            names.get(one.zone, one.zone),
            one.heard,
            None if math.isnan(one.error_m) else one.error_m,
            one.right,
        )
        for one in check.zones
    )


def _painted(square: Square, plan: FloorPlan) -> Painted:
    step = 1 + sum(square.error_m > most_m for most_m in STEPS_M) if square.heard else 0
    down_cm = round((plan.height_m - square.y_m) * CM) - SIDE_CM
    return Painted(round(square.x_m * CM), down_cm, step)
