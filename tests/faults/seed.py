"""The fault shop: two zones, two gateways, one offer."""

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
starts_at = "2026-03-01T00:00:00Z"
ends_at = "2026-04-01T00:00:00Z"
hours = ["00:00", "23:59"]
weekdays = [1, 2, 3, 4, 5, 6, 7]
cap_per_visit = 1
cap_per_day = 5
state = "live"
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
mode = "event"
start_at = "2026-03-02T09:00:00Z"

[decisions]
holdout_bp = 0

[webhook]
development = true
"""
