"""Every router of the console; a page that is not named here is not there."""

from fastapi import APIRouter

from store_server.entrypoints.console import (
    activity_pages,
    assets,
    fleet_page,
    key_pages,
    live_page,
    live_socket,
    overview_page,
    people_pages,
    settings_pages,
    sign_in,
)

CONSOLE_ROUTERS: tuple[APIRouter, ...] = (
    assets.router,
    sign_in.router,
    overview_page.router,
    live_page.router,
    live_page.pictures,
    live_socket.router,
    fleet_page.router,
    activity_pages.router,
    settings_pages.router,
    people_pages.router,
    key_pages.router,
)
