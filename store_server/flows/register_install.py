"""The retailer's app on a shopper's phone makes itself known."""

from datetime import datetime
from typing import Literal

from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId, natural_id
from store_server.shoppers.repository import ShopperRepository
from store_server.shoppers.shopper import Install


def register_install(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    platform: Literal["android", "ios"],
    app_version: str,
    push_capable: bool,
) -> Install:
    """The install as it stands; one of each platform and version for a shopper.

    Raises:
        NotFound: the shopper is not known (any more).
        Unprocessable: app_version is empty or too long.
    """
    if not (0 < len(app_version) <= 80 and app_version.isprintable()):
        raise Unprocessable("app_version must be 1 to 80 printable characters", code="bad_install")
    shoppers = ShopperRepository(uow.session, rooms.scope)
    if shoppers.get(shopper) is None:
        raise NotFound("no such shopper; register it first", code="unknown_shopper")
    name = natural_id("install", rooms.scope.org, shopper, platform, app_version)
    install = Install(name, shopper, platform, app_version, push_capable, now)
    shoppers.add_install(install)
    return install
