"""Charts as SVG, drawn on the server from Vega-Lite: no script, both colour schemes, any language.

Colours are written as names that no chart would use and become CSS variables, so that one
drawing serves light and dark. The library (an optional extra) is loaded at the first chart, on a
thread: it takes a second and a half once, then 40 ms a chart; a drawing is kept by what it shows.
Without the library pages say the same in their tables.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Literal

KEPT = 64
# Stand-ins that survive the renderer, and what they are in the page.
INK, MUTED, LINE, ACCENT, INDIGO = "#010203", "#010204", "#010205", "#010206", "#010207"
VARIABLES = {
    INK: "currentColor",
    MUTED: "var(--muted)",
    LINE: "var(--line)",
    ACCENT: "var(--accent)",
    INDIGO: "var(--indigo)",
}
Place = Literal["en-US", "es-ES", "ru-RU"]
LOCALES: dict[str, Place] = {"en": "en-US", "es": "es-ES", "ru": "ru-RU"}
WIDTH = 640
Spec = dict[str, object]


async def drawn(spec: Spec, *, language: str) -> str:
    """The SVG of a chart; "" where the library is not installed."""
    text = json.dumps(spec, sort_keys=True)
    return await asyncio.to_thread(_draw, text, LOCALES.get(language, "en-US"))


@lru_cache(KEPT)
def _draw(spec: str, locale: Place) -> str:
    try:
        import vl_convert  # noqa: PLC0415 - optional, and heavy: loaded at the first chart
    except ImportError:
        return ""
    svg = str(vl_convert.vegalite_to_svg(spec, format_locale=locale, time_format_locale=locale))
    for stand_in, variable in VARIABLES.items():
        svg = svg.replace(stand_in, variable)
    svg = re.sub(
        r'<svg [^>]*?viewBox="([^"]+)"[^>]*>', r'<svg viewBox="\1" aria-hidden="true">', svg
    )
    return re.sub(r' aria-(?:roledescription|label)="[^"]*"| role="[^"]*"', "", svg)


def intervals(rows: Sequence[Mapping[str, object]], *, useful: float | None) -> Spec:
    """Points with their intervals, in percentage points; a dashed line where it becomes useful.

    Args:
        rows: `name`, `estimate`, `low`, `high`.
        useful: the smallest useful effect, in points; None: no line.
    """
    x = {"type": "quantitative", "axis": {"title": None, "format": "+.1f"}}
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None}}
    layers: list[Spec] = [
        {
            "mark": {"type": "rule", "color": MUTED},
            "encoding": {"x": {"datum": 0, "type": "quantitative"}},
        },
        {
            "mark": {"type": "rule", "color": ACCENT, "size": 4, "strokeCap": "round"},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": y},
        },
        {
            "mark": {"type": "point", "filled": True, "size": 130, "color": ACCENT, "opacity": 1},
            "encoding": {"x": {"field": "estimate", **x}, "y": y},
        },
    ]
    if useful is not None:
        layers.append(
            {
                "mark": {"type": "rule", "color": INDIGO, "strokeDash": [5, 4], "size": 2},
                "encoding": {"x": {"datum": useful, "type": "quantitative"}},
            }
        )
    return _framed({"layer": layers}, rows, height=max(70, 44 * len(rows)))


def bars(rows: Sequence[Mapping[str, object]]) -> Spec:
    """One bar for each row (`name`, `count`), in their order, with its number at its end."""
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None}}
    x = {"field": "count", "type": "quantitative", "axis": None}
    layers: list[Spec] = [
        {"mark": {"type": "bar", "color": ACCENT, "cornerRadius": 4}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "text", "align": "left", "dx": 6, "color": INK, "fontSize": 13},
            "encoding": {"x": x, "y": y, "text": {"field": "count", "format": ",d"}},
        },
    ]
    return _framed({"layer": layers}, rows, height=34 * len(rows))


def daily(rows: Sequence[Mapping[str, object]], *, names: tuple[str, str]) -> Spec:
    """Two columns of bars for each day (`day`, `offered`, `redeemed`), side by side.

    Args:
        rows: in their order.
        names: of the two, for the legend.
    """
    long = [
        {"day": row["day"], "kind": name, "count": row[key]}
        for row in rows
        for key, name in zip(("offered", "redeemed"), names, strict=True)
    ]
    x = {"field": "day", "type": "ordinal", "axis": {"title": None, "labelAngle": -60}}
    y = {"field": "count", "type": "quantitative", "axis": {"title": None, "tickMinStep": 1}}
    colour = {
        "field": "kind",
        "type": "nominal",
        "scale": {"domain": list(names), "range": [ACCENT, INDIGO]},
        "legend": {"title": None, "orient": "top", "labelColor": INK, "labelFontSize": 13},
    }
    beside = {"field": "kind", "type": "nominal", "scale": {"domain": list(names)}}
    mark = {"type": "bar", "cornerRadiusEnd": 3}
    encoding = {"x": x, "y": y, "color": colour, "xOffset": beside}
    return _framed({"mark": mark, "encoding": encoding}, long, height=190)


def _framed(spec: Spec, rows: Sequence[Mapping[str, object]], *, height: int) -> Spec:
    axis = {
        "labelColor": INK,
        "gridColor": LINE,
        "tickColor": LINE,
        "domain": False,
        "labelFontSize": 13,
        "labelLimit": 220,
        "labelPadding": 8,
    }
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": WIDTH,
        "height": height,
        "background": None,
        # The page's letters may be wider than those that the renderer measured with.
        "padding": {"left": 40, "right": 30, "top": 5, "bottom": 5},
        "data": {"values": [dict(row) for row in rows]},
        "config": {"font": "system-ui, sans-serif", "axis": axis, "view": {"stroke": None}},
        **spec,
    }
