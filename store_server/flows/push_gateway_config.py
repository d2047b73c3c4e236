"""A gateway is configured from afar: the next version is kept, then published by the caller.

The row is what is true; the broker's retained message is made again from it at each connection.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import msgspec

from proximity_wire.messages import GatewayConfig
from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.presence.gateway_live import GatewayLive
from store_server.shop.repository import GatewayConfigRepository

# Who the configuration is for, and which it is, is not for the caller to say.
OURS = frozenset({"v", "org", "store", "gateway", "version"})
SETTABLE = tuple(name for name in GatewayConfig.__struct_fields__ if name not in OURS)


def push_gateway_config(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    gateway: str,
    settings: Mapping[str, object],
) -> GatewayConfig:
    """Keep `settings` as the gateway's next configuration; what is left out its file decides.

    Raises:
        NotFound: the plan has no such gateway.
        Unprocessable: a setting is unknown or out of range.
    """
    if all(one.id != gateway for one in uow.live.plan.gateways):
        raise NotFound(f"there is no gateway {gateway!r} on the plan", code="no_gateway")
    unknown = sorted(set(settings) - set(SETTABLE))
    if unknown:
        raise Unprocessable(
            f"{unknown[0]!r} cannot be set from afar; there is: {', '.join(SETTABLE)}",
            code="unknown_setting",
        )
    if settings.get("counting") and not rooms.policy.counting:
        raise Unprocessable(
            "this store does not count foreign devices; set [privacy] counting = true first",
            code="counting_off",
        )
    configs = GatewayConfigRepository(uow.session, rooms.scope)
    line = uow.live.gateways.get(gateway) or GatewayLive(gateway)
    before = configs.newest().get(gateway)
    # A gateway may know more than a database that was restored from an old copy.
    version = 1 + max(before.version if before else 0, line.config_version, line.refused_version)
    document = {
        "org": rooms.scope.org,
        "store": rooms.scope.store,
        "gateway": gateway,
        "version": version,
        **settings,
    }
    try:
        config = msgspec.convert(document, GatewayConfig)
    except msgspec.ValidationError as error:
        raise Unprocessable(str(error), code="bad_setting") from None
    configs.save(config, at=now)
    uow.live = uow.live.with_gateway(replace(line, pushed_version=version))
    return config


def recall_gateway_configs(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> tuple[GatewayConfig, ...]:
    """The newest configuration of every gateway, to be published again; the board learns them."""
    newest = GatewayConfigRepository(uow.session, rooms.scope).newest()
    for name, config in newest.items():
        line = uow.live.gateways.get(name) or GatewayLive(name)
        uow.live = uow.live.with_gateway(replace(line, pushed_version=config.version))
    return tuple(newest.values())
