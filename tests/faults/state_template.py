"""A seeded `state_dir`, made once by the real commands and copied for each shop.

Nothing in it is bound to its path except Mosquitto's configuration, which is rewritten.
"""

import getpass
import shutil
import subprocess
import sys
from pathlib import Path

from tests.faults.seed import OFFERS, PLAN, write_store_config

BIN = Path(sys.executable).parent
ANY_PORT = 1883  # stands in the template; each shop has its own


def make_template(folder: Path) -> Path:
    """A folder with `state` and `mosquitto` of a store that was never started."""
    config = write_store_config(folder, broker_port=0)
    plan, offers = folder / "plan.toml", folder / "offers.toml"
    plan.write_text(PLAN)
    offers.write_text(OFFERS)
    home, listen = str(folder / "mosquitto"), f"{ANY_PORT} 127.0.0.1"
    for command in (
        ["seed", str(plan), str(offers)],
        ["broker-config", "--for", "mosquitto", "--out", home, "--listen", listen],
    ):
        argv = [str(BIN / "store-server"), *command, "--config", str(config)]
        ended = subprocess.run(argv, timeout=120, capture_output=True, text=True, check=False)
        assert ended.returncode == 0, f"{command[0]} failed: {ended.stderr[-3000:]}"
    return folder


def copy_state(template: Path, folder: Path) -> None:
    """The template's `state_dir` in another folder."""
    shutil.copytree(template / "state", folder / "state")


def copy_mosquitto(template: Path, folder: Path, *, port: int) -> Path:
    """The template's Mosquitto files in another folder; the configuration to start it with."""
    home = folder / "mosquitto"
    shutil.copytree(template / "mosquitto", home)
    conf = home / "mosquitto.conf"
    text = conf.read_text().replace(str(template / "mosquitto"), str(home))
    text = text.replace(f"listener {ANY_PORT} ", f"listener {port} ")
    # Started as root, it would become a user that cannot read a test's folder.
    conf.write_text(text + f"user {getpass.getuser()}\npid_file {home}/pid\n")
    return conf
