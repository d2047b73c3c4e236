"""The fault shop: two zones, two gateways and one for the tests' own use, one offer."""

from pathlib import Path

PLAN = """
[store]
org = "acme"
store = "s1"
name = "Fault shop"
timezone = "UTC"
currency = "EUR"
width_m = 20.0
height_m = 10.0
open = "00:00"
close = "23:59"

[[zones]]
id = "left"
name = "Left"
kind = "entrance"
polygon = [[0, 0], [10, 0], [10, 10], [0, 10]]

[[zones]]
id = "right"
name = "Right"
kind = "sales"
polygon = [[10, 0], [20, 0], [20, 10], [10, 10]]

[[gateways]]
id = "gw-1"
x = 5.0
y = 5.0
z = 3.0
zone = "left"

[[gateways]]
id = "gw-2"
x = 15.0
y = 5.0
z = 3.0
zone = "right"

[[gateways]]
id = "gw-3"
x = 10.0
y = 9.0
z = 3.0
zone = "right"

[[beacons]]
id = "b-1"
identity = "0f3b8a9e-6a0c-4c1e-9d5a-2f1f5b6c7d8e:1:1"
x = 5.0
y = 1.0
z = 2.5
zone = "left"
measured_power_dbm = -59
"""

OFFERS = """
[[offers]]
id = "bread"
name = "Bread"
category = "BREAD"
product_ids = ["p1"]
price_minor = 300
margin_minor = 150
face_value_minor = 30
effect_mean = 0.4
effect_strength = 20

[offers.creatives.en]
title = "Fresh bread"
body = "Save {value} on {offer}"

[[campaigns]]
id = "bread-left"
name = "Bread in the right zone"
offers = ["bread"]
trigger = { kind = "zone_dwell", zone = "right", dwell_s = 10 }
starts_at = "2026-01-01T00:00:00Z"
ends_at = "2099-01-01T00:00:00Z"
hours = ["00:00", "23:59"]
weekdays = [1, 2, 3, 4, 5, 6, 7]
cap_per_visit = 1
cap_per_day = 5
state = "live"
goal = "purchases"
smallest_effect_bp = 300
"""

STORE_TOML = """
[store]
org = "acme"
store = "s1"
state_dir = "{folder}/state"

[mqtt]
{mqtt}

[http]
port = 0

[clock]
{clock}

[presence]
engine = "{engine}"

[decisions]
holdout_bp = 0

[webhook]
development = true
"""

EVENT_CLOCK = 'mode = "event"\nstart_at = "2026-03-02T09:00:00Z"'
SYSTEM_CLOCK = 'mode = "system"'

EDGE_TOML = """
[gateway]
org = "acme"
store = "s1"
gateway = "{name}"

[source]
kind = "feed"
socket = "{folder}/{name}.sock"

[spool]
path = "{folder}/{name}.spool"

[mqtt]
host = "{host}"
port = {port}
username_file = "{secrets}/{name}.user"
password_file = "{secrets}/{name}.password"
client_id_from_user = {client_id_from_user}
reconnect_max_s = 2.0
# Fewer than the 30 s of event time for which one gateway waits for another: what one of them has
# under way when a broker freezes cannot move the clock without the other.
in_flight = 16

[health]
interval_s = 0.5
"""


def write_store_config(
    folder: Path,
    *,
    broker_port: int,
    clock: str = EVENT_CLOCK,
    engine: str = "bayes",
    mosquitto: Path | None = None,
) -> Path:
    """store.toml of a shop in this folder; broker port 0: the embedded one.

    `mosquitto` is a folder whose accounts the server keeps.
    """
    mqtt = 'broker = "embedded"\nport = 0'
    if broker_port:
        secrets = folder / "state" / "secrets" / "broker"
        mqtt = (
            f'broker = "mqtt://127.0.0.1:{broker_port}"\n'
            f'username_file = "{secrets}/server.user"\n'
            f'password_file = "{secrets}/server.password"'
        )
    if mosquitto:
        mqtt += f'\nmosquitto_dir = "{mosquitto}"\nmosquitto_pid_file = "{mosquitto}/pid"'
    path = folder / "store.toml"
    path.write_text(STORE_TOML.format(folder=folder, mqtt=mqtt, clock=clock, engine=engine))
    return path
