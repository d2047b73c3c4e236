"""The command that tells how the installation stands: gateways, fixed beacons, what is wrong."""

from datetime import datetime
from typing import TYPE_CHECKING

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


def fleet(config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Show gateways, fixed beacons with their batteries, and what is not as the plan says.

    Ends with 1 when something is not as the plan says.
    """
    set_up_log()
    told = _by_the_server(settings_of(config))
    if as_json:
        print_json(told)
    else:
        for line in fleet_lines(told):
            print(line)
    if told["findings"]:
        raise typer.Exit(1)


def _by_the_server(settings: "Settings") -> dict[str, list[dict[str, object]]]:
    """What the server that runs here says: how gateways stand is nowhere else.

    Raises:
        Unreachable: none runs here.
    """
    import json  # noqa: PLC0415 - --help stays light

    import httpx  # noqa: PLC0415

    from store_server.errors import Unreachable  # noqa: PLC0415

    try:
        run = json.loads((settings.state_dir / "run.json").read_text())
        key = (settings.state_dir / "secrets" / "keys" / "ops.key").read_text().strip()
        with httpx.Client(
            base_url=run["http_url"],
            headers={"Authorization": f"Bearer {key}"},
            timeout=10,
            trust_env=False,
        ) as client:
            asked = {"gateways": "/v1/gateways", "beacons": "/v1/beacons"}
            asked["findings"] = "/v1/fleet/findings"
            return {
                name: client.get(path).raise_for_status().json()[name]
                for name, path in asked.items()
            }
    except (OSError, ValueError, KeyError, httpx.HTTPError) as error:
        raise Unreachable(
            f"no store server of {settings.state_dir} answers ({type(error).__name__}); start it "
            "with `store-server serve`: what gateways say of themselves is known to it alone"
        ) from None


def fleet_lines(told: dict[str, list[dict[str, object]]]) -> list[str]:
    """The fleet for a terminal: gateways, beacons, findings."""
    lines = [
        f"{'gateway':<18}{'standing':<10}{'last heard':<22}{'adverts/s':>10}{'waiting':>9}  config"
    ]
    for one in told["gateways"]:
        version = one["pushed_version"]
        lines.append(
            f"{one['gateway_id']!s:<18}{one['standing']!s:<10}{_when(one['last_heard_at']):<22}"
            f"{_shown(one['adverts_per_s']):>10}{_shown(one['queued_batches']):>9}  {one['config']}"
            + (f" {version}" if version else "")
        )
    lines += ["", f"{'beacon':<18}{'last heard':<22}{'mV':>6}{'days left':>11}  heard by, findings"]
    for one in told["beacons"]:
        low = " CHANGE THE BATTERY" if one["battery_low"] else ""
        by, found = one["heard_by"], one["findings"]
        assert isinstance(by, list)
        assert isinstance(found, list)
        lines.append(
            f"{one['beacon_id']!s:<18}{_when(one['last_heard_at']):<22}"
            f"{_shown(one['battery_mv']):>6}{_shown(one['days_left']):>11}  "
            + ", ".join(by)
            + "".join(f" {kind.upper()}" for kind in found)
            + low
        )
    lines += ["", *(f"{one['kind']}: {one['text']}" for one in told["findings"])]
    return (
        lines if told["findings"] else [*lines, "everything that is heard is where the plan says"]
    )


def _when(instant: object) -> str:
    if instant is None:
        return "never"
    return datetime.fromisoformat(str(instant)).strftime("%Y-%m-%d %H:%M UTC")


def _shown(value: object) -> str:
    return "-" if value is None else str(value)
