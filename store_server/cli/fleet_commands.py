"""Commands about gateways that come and go, and about fixed beacons."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)

if TYPE_CHECKING:
    from store_server.settings import Settings

GatewayArgument = Annotated[str, typer.Argument(help="Its name on the plan.")]


def enrolment_code(
    gateway: GatewayArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Print a code that lets one agent in as this gateway, once, within 15 minutes."""
    from store_server.bootstrap.admission import console_url  # noqa: PLC0415 - --help stays light
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415
    from store_server.clock import SystemClock  # noqa: PLC0415
    from store_server.entrypoints.enrol_command import (  # noqa: PLC0415
        enrol_command,
        unreachable_warning,
    )
    from store_server.flows.enrol_gateway import make_enrolment_code  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    set_up_log()
    settings = settings_of(config)
    with open_store(settings) as store:
        minted = store.writer.submit(
            Priority.APP,
            make_enrolment_code,
            gateway=gateway,
            made_by="command line",
            system_now=SystemClock().now(),
        ).result()
    server = console_url(settings)
    command, warning = enrol_command(server, code=minted.code), unreachable_warning(server)
    if as_json:
        told = {
            "gateway": gateway,
            "code": minted.code,
            "expires_at": minted.expires_at.isoformat(),
        }
        print_json(told | {"command": command, "warning": warning})
        return
    print(f"on the gateway, until {minted.expires_at:%H:%M} UTC, once:")
    print(command)
    if warning:
        print(f"warning: {warning}", file=sys.stderr)


def revoke_gateway(
    gateway: GatewayArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Cut a gateway off: nothing of it is taken any more, its connection is dropped."""
    set_up_log()
    settings = settings_of(config)
    told = _ask_server(settings, f"/v1/gateways/{gateway}/revocation")
    if told is None:
        told = _revoke_here(settings, gateway)
    if as_json:
        print_json(told)
        return
    print(f"{gateway}: revoked at {told['revoked_at']}")
    if not told["broker_told"]:
        print(
            "note: no broker was told. The embedded one forgets the account at the next start; "
            "a Mosquitto whose files the server does not keep learns of it from "
            "`store-server broker-config --for mosquitto --accounts-only`, then "
            "`sudo systemctl reload mosquitto`"
        )


def beacon_labels(
    out: Annotated[Path, typer.Option(help="Where the sheet is written.")] = Path("labels.html"),
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Write a sheet of labels for the fixed beacons of the plan, to print and stick on."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.errors import ConfigError  # noqa: PLC0415
    from store_server.fleet.beacon_labels import label_sheet  # noqa: PLC0415
    from store_server.fleet.beacon_plan import plan_warnings  # noqa: PLC0415

    set_up_log()
    with open_store(settings_of(config)) as store:
        plan = store.rooms.live.plan
    if not plan.beacons:
        raise ConfigError("the plan has no [[beacons]]; add them to the plan and seed it again")
    try:
        out.write_text(label_sheet(plan), encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"{out}: cannot be written: {error.strerror}; use --out") from error
    if as_json:
        print_json(
            {"file": out, "labels": len(plan.beacons), "warnings": list(plan_warnings(plan))}
        )
        return
    print(f"{out}: {len(plan.beacons)} labels; open it in a browser and print it at 100 %")
    for warning in plan_warnings(plan):
        print(f"warning: {warning}")


def _ask_server(settings: "Settings", path: str) -> dict[str, object] | None:
    """What the server that runs here answers; None when none runs.

    Raises:
        NotFound, ConfigError: it refuses.
    """
    import httpx  # noqa: PLC0415 - --help stays light

    from store_server.errors import ConfigError, NotFound  # noqa: PLC0415

    try:
        run = json.loads((settings.state_dir / "run.json").read_text())
        key = (settings.state_dir / "secrets" / "keys" / "ops.key").read_text().strip()
        answer = httpx.post(
            f"{run['http_url']}{path}",
            headers={"Authorization": f"Bearer {key}"},
            timeout=10,
            trust_env=False,
        )
    except (OSError, ValueError, KeyError, httpx.TransportError):
        return None
    if answer.status_code == 404:
        raise NotFound(str(answer.json()["detail"]))
    if answer.is_error:
        raise ConfigError(f"the running server answers {answer.status_code}: {answer.text[:300]}")
    return dict(answer.json())


def _revoke_here(settings: "Settings", gateway: str) -> dict[str, object]:
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light
    from store_server.bootstrap.start_broker import mosquitto_of  # noqa: PLC0415
    from store_server.clock import SystemClock  # noqa: PLC0415
    from store_server.flows.revoke_gateway import revoke_gateway as revoke  # noqa: PLC0415
    from store_server.writer import Priority  # noqa: PLC0415

    with open_store(settings) as store:
        account = store.writer.submit(
            Priority.APP, revoke, gateway=gateway, system_now=SystemClock().now()
        ).result()
        store.secrets.drop_broker_user(gateway)
        mosquitto = mosquitto_of(settings, store.secrets)
        told = mosquitto is not None and mosquitto.tell()
    assert account.revoked_at is not None
    return {
        "gateway_id": gateway,
        "revoked_at": account.revoked_at.isoformat(),
        "broker_told": told,
    }
