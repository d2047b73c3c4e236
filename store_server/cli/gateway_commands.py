"""Commands about gateways and the broker: who may connect, and what a broker is told."""

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)
from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.bootstrap.open_store import OpenStore
    from store_server.shop.floor_plan import FloorPlan, Gateway

PlaceOption = Annotated[float | None, typer.Option(help="Metres on the plan.")]


def add_gateway(
    gateway: Annotated[str, typer.Argument(help="Its name: a-z, 0-9 and '-'.")],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    zone: Annotated[str | None, typer.Option(help="The zone it stands in.")] = None,
    x: PlaceOption = None,
    y: PlaceOption = None,
    z: Annotated[float, typer.Option(help="Metres above the floor.")] = 3.0,
    as_json: JsonOption = False,
) -> None:
    """Make a gateway's account at the broker, and put it on the plan when it is new there."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.first_run import SERVER  # noqa: PLC0415

    _check_name(gateway)
    set_up_log()
    settings = settings_of(config)
    with open_store(settings) as store:
        plan = store.rooms.live.plan
        if gateway == SERVER:
            raise ConfigError(f"the name {SERVER!r} is the store server's own; choose another")
        if all(one.id != gateway for one in plan.gateways):
            _put_on_plan(store, _placed(plan, gateway, zone=zone, x=x, y=y, z=z))
        _let_in_again(store, gateway)
        store.secrets.broker_user(SERVER, scope=settings.scope)
        user = store.secrets.broker_user(gateway, scope=settings.scope)
        told = _tell_broker(store)
        paths = {
            "gateway": gateway,
            "user": user.user,
            "username_file": str(store.secrets.path(f"broker/{gateway}.user")),
            "password_file": str(store.secrets.path(f"broker/{gateway}.password")),
        }
    if as_json:
        print_json(paths | {"broker_told": told})
        return
    for name, value in paths.items():
        print(f"{name}: {value}")
    if not told:
        print("note: the broker learns of it at the next start, or from `broker-config`")


def broker_config(
    broker: Annotated[Literal["mosquitto"], typer.Option("--for", help="For which broker.")],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    out: Annotated[
        Path | None, typer.Option(help="Folder; default mosquitto_dir, state_dir/mosquitto.")
    ] = None,
    listen: Annotated[str, typer.Option(help="Port and address.")] = "1883 127.0.0.1",
    accounts_only: Annotated[
        bool, typer.Option("--accounts-only", help="Only acl and passwd; your conf stays.")
    ] = False,
    include: Annotated[
        bool, typer.Option("--include", help="The conf is read beside another, as on Debian.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Write mosquitto.conf, acl and passwd with an account for the server and each gateway."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.entrypoints.broker_accounts import (  # noqa: PLC0415
        accounts_of,
        mosquitto_files,
    )
    from store_server.entrypoints.mosquitto_accounts import write_for_broker  # noqa: PLC0415
    from store_server.first_run import SERVER  # noqa: PLC0415

    set_up_log()
    settings = settings_of(config)
    folder = (out or settings.mqtt.mosquitto_dir or settings.state_dir / broker).resolve()
    with open_store(settings) as store:
        live = store.rooms.live
        for name in (SERVER, *(one.id for one in live.plan.gateways if one.id not in live.revoked)):
            store.secrets.broker_user(name, scope=settings.scope)
        users = store.secrets.broker_users(scope=settings.scope)
    accounts = accounts_of(users, scope=settings.scope)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = mosquitto_files(accounts, listen=listen, folder=str(folder), persistence=not include)
    if accounts_only:
        del files["mosquitto.conf"]
    for name, text in files.items():
        write_for_broker(folder / name, text)
    if as_json:
        print_json({"files": [folder / name for name in files]})
        return
    for name in files:
        print(folder / name)
    print("note: a Mosquitto that runs learns of it by `sudo systemctl reload mosquitto` (SIGHUP)")


def _check_name(gateway: str) -> None:
    from proximity_wire.errors import MessageError  # noqa: PLC0415 - --help stays light
    from proximity_wire.topics import check_name  # noqa: PLC0415

    try:
        check_name(gateway, what="gateway")
    except MessageError as error:
        raise typer.BadParameter(str(error)) from None


def _placed(
    plan: "FloorPlan", name: str, *, zone: str | None, x: float | None, y: float | None, z: float
) -> "Gateway":
    from store_server.ids import ZoneId  # noqa: PLC0415 - --help stays light
    from store_server.shop.floor_plan import Gateway  # noqa: PLC0415

    if x is None or y is None:
        known = ", ".join(one.id for one in plan.gateways) or "none"
        raise ConfigError(
            f"gateway {name!r} is not on the plan (there are {known}); say where it stands: "
            "--x METRES --y METRES"
        )
    there = zone or plan.zone_at(x, y)
    if there is None:
        raise ConfigError(f"[{x}, {y}] lies in no zone of the plan; check --x and --y")
    return Gateway(name, x, y, z, ZoneId(there))


def _put_on_plan(store: "OpenStore", gateway: "Gateway") -> None:
    from store_server.flows.add_gateway import add_gateway as put  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    store.writer.submit(Priority.APP, put, gateway=gateway).result()


def _let_in_again(store: "OpenStore", gateway: str) -> None:
    from store_server.flows.revoke_gateway import readmit_gateway  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    store.writer.submit(Priority.APP, readmit_gateway, gateway=gateway).result()


def _tell_broker(store: "OpenStore") -> bool:
    """Tell the broker of the new account: Mosquitto, or by the server that runs here its own."""
    from store_server.bootstrap.start_broker import mosquitto_of  # noqa: PLC0415
    from store_server.entrypoints.broker_child import running_child, server_of  # noqa: PLC0415

    if mosquitto := mosquitto_of(store.settings, store.secrets):
        return mosquitto.tell()
    child = running_child(store.settings.state_dir / "broker")
    server = server_of(child) if child is not None else None
    if server is None:
        return False
    os.kill(server, signal.SIGHUP)
    return True
