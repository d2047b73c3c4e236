"""Every router of the console; a page that is not named here is not there."""

from fastapi import APIRouter

from store_server.entrypoints.console import (
    activity_pages,
    assets,
    campaign_editor,
    campaign_pages,
    delivery_pages,
    dry_run_page,
    fleet_page,
    key_pages,
    live_page,
    live_socket,
    map_pages,
    offer_pages,
    overview_page,
    people_pages,
    results_page,
    segment_pages,
    settings_pages,
    shopper_pages,
    sign_in,
)

CONSOLE_ROUTERS: tuple[APIRouter, ...] = (
    assets.router,
    sign_in.router,
    overview_page.router,
    live_page.router,
    live_page.pictures,
    live_socket.router,
    map_pages.router,
    fleet_page.router,
    campaign_pages.router,
    campaign_editor.router,
    dry_run_page.router,
    results_page.router,
    offer_pages.router,
    segment_pages.router,
    shopper_pages.router,
    activity_pages.router,
    delivery_pages.router,
    settings_pages.router,
    people_pages.router,
    key_pages.router,
)
