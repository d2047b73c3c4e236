"""Configuration files of the demo's store server and gateways, as an operator would write them."""

import re
import tempfile
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from firmware_sim.scenario import Scenario
from firmware_sim.seed_files import toml_table

# A Unix socket's path may have 107 bytes; a clone deep down in a home folder has more.
LONGEST_SOCKET_PATH = 100


def store_config(scenario: Scenario, *, state: Path, event_clock: bool = True) -> str:
    """configs/store.toml of the demo: free ports, event clock, more decisions than in a shop.

    One shopper in five is held out, and gaps between offers are short, so that a minute shows
    every kind of decision. Behind radios nobody tells simulated time: the system's clock rules.
    """
    sections: Mapping[str, Mapping[str, object]] = {
        "store": {
            "org": scenario.floor.org,
            "store": scenario.floor.store,
            "state_dir": str(state),
        },
        "mqtt": {"broker": "embedded", "host": "127.0.0.1", "port": 0},
        "http": {"host": "127.0.0.1", "port": 0},
        "webhook": {"development": True},
        "clock": {
            "mode": "event",
            "start_at": scenario.start_at.isoformat().replace("+00:00", "Z"),
        }
        if event_clock
        else {"mode": "system"},
        "presence": {"dwell_marks_s": [30, 60]},
        "decisions": {
            "holdout_bp": 2000,
            "cap_per_visit": 3,
            "cap_per_day": 3,
            "fatigue_minor": 1,
            "holdout_salt": f"demo-{scenario.seed}",
        },
    }
    return "".join(toml_table(name, values) for name, values in sections.items())


def edge_config(
    scenario: Scenario,
    *,
    gateway: str,
    folder: Path,
    socket: Path | None,
    broker: tuple[str, int],
    credentials: tuple[Path, Path],
) -> str:
    """configs/edge.toml of one gateway: fed through `socket`, or None: it scans with its radio."""
    host, port = broker
    user, password = credentials
    sections: Mapping[str, Mapping[str, object]] = {
        "gateway": {
            "org": scenario.floor.org,
            "store": scenario.floor.store,
            "gateway": gateway,
        },
        "source": {"kind": "bluez", "scan": "active"}
        if socket is None
        else {"kind": "feed", "socket": str(socket)},
        "spool": {"path": str(folder / f"{gateway}.spool")},
        "mqtt": {
            "host": host,
            "port": port,
            "username_file": str(user),
            "password_file": str(password),
        },
    }
    return "".join(toml_table(name, values) for name, values in sections.items())


def socket_folder(folder: Path) -> Path:
    """A folder for the gateways' sockets whose path is short enough."""
    wanted = folder / "feed"
    if len(str(wanted / "gateway-with-32-letters-in-its-name")) <= LONGEST_SOCKET_PATH:
        wanted.mkdir(parents=True, exist_ok=True)
        return wanted
    return Path(tempfile.mkdtemp(prefix="beaconry-"))


def plan_where_it_is_ten(plan: Path, copy: Path, *, now: datetime) -> Path:
    """A copy of a plan whose store lies in a time zone where it is past ten in the morning now.

    A run in real time would else find the shop closed at night. Zones of whole hours are called
    Etc/GMT-3 where it is three hours later than in Greenwich.
    """
    ahead_h = 10 - now.hour if 10 - now.hour >= -12 else 34 - now.hour
    zone = f"Etc/GMT{-ahead_h:+d}"
    copy.write_text(
        re.sub(r'(?m)^timezone = ".*"$', f'timezone = "{zone}"', plan.read_text(), count=1)
    )
    return copy
