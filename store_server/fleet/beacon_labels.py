"""A sheet of labels for fixed beacons: to print, cut and stick on.

Plain text, no QR code: what a label is for is to be read by a person on a ladder, the code to
type is short, and a QR library would be one dependency more for a picture of 40 letters.
"""

from html import escape

from store_server.fleet.beacon_plan import place_of
from store_server.shop.floor_plan import Beacon, FloorPlan

_STYLE = """
@page { size: A4; margin: 10mm; }
body { font: 10pt/1.3 system-ui, "Liberation Sans", sans-serif; margin: 0; color: #000; }
h1 { font-size: 12pt; margin: 0 0 4mm; }
ul { list-style: none; margin: 0; padding: 0; display: grid;
  grid-template-columns: repeat(2, 1fr); gap: 3mm; }
li { border: .3mm dashed #666; border-radius: 2mm; padding: 3mm; break-inside: avoid; }
.id { font-size: 20pt; font-weight: 700; line-height: 1.1; }
.place { margin: 1mm 0; }
.code { font: 8pt/1.35 ui-monospace, "Liberation Mono", monospace; word-break: break-all; }
"""


def label_sheet(plan: FloorPlan) -> str:
    """An HTML page with a label for each beacon of the plan, in its order."""
    labels = "\n".join(_label(plan, beacon) for beacon in plan.beacons)
    title = escape(f"Beacons of {plan.name}")
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head>\n<body><h1>{title}</h1>\n<ul>\n{labels}\n</ul>"
        "</body></html>\n"
    )


def _label(plan: FloorPlan, beacon: Beacon) -> str:
    uuid, major, minor = beacon.identity.split(":")
    return (
        f'<li><div class="id">{escape(beacon.id)}</div>'
        f'<div class="place">{escape(place_of(plan, beacon))}</div>'
        f'<div class="code">UUID {escape(uuid)}<br>major {escape(major)} minor {escape(minor)} '
        f"&nbsp; {beacon.measured_power_dbm} dBm at 1 m<br>"
        f"{escape(plan.name)}. Please leave it where it hangs.</div></li>"
    )
