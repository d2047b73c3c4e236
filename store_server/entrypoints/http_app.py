"""The one web application: API, console and their common manners."""

import time

from fastapi import FastAPI
from fastapi.routing import APIRoute

from store_server.entrypoints import unsubscribe_page
from store_server.entrypoints.api import (
    app_routes,
    back_office_routes,
    backend_routes,
    campaign_routes,
    code_routes,
    contact_routes,
    coupon_routes,
    creative_routes,
    delivery_routes,
    endpoint_routes,
    event_routes,
    experiment_routes,
    fleet_routes,
    gateway_config_routes,
    merge_routes,
    offer_routes,
    ops_routes,
    plan_routes,
    product_routes,
    pull_route,
    report_routes,
    segment_routes,
    shop_routes,
    simulation_routes,
    staff_routes,
    till_coupon_routes,
    till_routes,
)
from store_server.entrypoints.api.openapi import document_of
from store_server.entrypoints.console.live_audience import LiveAudience
from store_server.entrypoints.console.routers import CONSOLE_ROUTERS
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.failure_count import FailureCount
from store_server.entrypoints.guess_limit import GuessLimit
from store_server.entrypoints.guided_walks import GuidedWalks
from store_server.entrypoints.key_use import KeyUse
from store_server.entrypoints.problem import install_problems
from store_server.entrypoints.pull_door import PullDoor
from store_server.entrypoints.request_limits import BodyLimit, SecurityHeaders
from store_server.entrypoints.token_book import TokenBook

VERSION = "1"
DESCRIPTION = (
    "What a retailer's backend, app and tills say to a Beaconry store server. Money is in minor "
    "units, instants are RFC 3339 with Z, every error is application/problem+json."
)
ROUTERS = (
    app_routes.router,
    till_routes.router,
    till_coupon_routes.router,
    coupon_routes.router,
    backend_routes.router,
    contact_routes.router,
    merge_routes.router,
    event_routes.router,
    delivery_routes.router,
    staff_routes.router,
    endpoint_routes.router,
    plan_routes.router,
    shop_routes.router,
    campaign_routes.router,
    offer_routes.router,
    code_routes.router,
    experiment_routes.router,
    product_routes.router,
    segment_routes.router,
    creative_routes.router,
    back_office_routes.router,
    report_routes.router,
    fleet_routes.router,
    gateway_config_routes.router,
    ops_routes.router,
    simulation_routes.router,
)


def create_app(context: ServerContext) -> FastAPI:
    """The application on a running store; it starts and stops nothing of its own."""
    app = FastAPI(
        title="Beaconry",
        version=VERSION,
        description=DESCRIPTION,
        docs_url=None,  # its page loads scripts from a CDN; /openapi.json has it all
        redoc_url=None,
        generate_unique_id_function=_operation_id,
    )
    app.state.context = context
    app.state.audience = LiveAudience(context)
    app.state.running = {}
    app.state.walks = GuidedWalks(time.monotonic)
    app.state.login_failures = FailureCount()
    app.state.key_use = KeyUse()
    app.state.guess_limit = GuessLimit()
    app.state.enrolment_failures = fleet_routes.count_of_wrong_codes()
    app.state.tokens = TokenBook(context)
    app.state.pulls = PullDoor(context.writer)
    # First: the others are found by trying one after another.
    app.router.routes.insert(0, pull_route.ROUTE)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(unsubscribe_page.router)
    for router in CONSOLE_ROUTERS:
        app.include_router(router, include_in_schema=False)
    install_problems(app)
    app.add_middleware(BodyLimit)
    app.add_middleware(SecurityHeaders)
    _describe(app)
    return app


def _operation_id(route: APIRoute) -> str:
    return route.name


def _describe(app: FastAPI) -> None:
    """Have the OpenAPI document know what FastAPI does not."""

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            app.openapi_schema = document_of(
                app.routes, title=app.title, version=app.version, description=app.description
            )
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign] # FastAPI's documented way to extend it
