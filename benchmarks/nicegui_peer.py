"""The live page as NiceGUI would have it: plan, zones, dots that move, tables, last decisions.

Run by benchmarks/nicegui_ready.py in the environment of requirements/nicegui.txt. What is on the
page comes as JSON on standard input; the port too. Everything is there in the first answer, as
NiceGUI offers it, so nothing here is slower than it must be.
"""

import json
import math
import sys

from nicegui import ui  # type: ignore[import-not-found] # of another environment

told = json.loads(sys.stdin.readline())
step = 0


def picture() -> str:
    """The plan with its dots."""
    zones = "".join(
        f'<polygon points="{points}" fill="#eef" stroke="#88a"/>' for points in told["zones"]
    )
    dots = "".join(
        f'<circle class="dot" r="30" cx="{x + 40 * math.cos(step / 9):.0f}" cy="{y:.0f}"/>'
        for x, y in told["dots"]
    )
    return f'<svg class="plan" viewBox="0 0 {told["width"]} {told["height"]}">{zones}{dots}</svg>'


def table(name: str) -> None:
    """One of the tables."""
    head, *rows = told["tables"][name]
    ui.label(name)
    columns = [{"name": one, "label": one, "field": one} for one in head]
    ui.table(columns=columns, rows=[dict(zip(head, row, strict=True)) for row in rows])


@ui.page("/live")  # type: ignore[untyped-decorator] # of another environment
def live() -> None:
    """The page."""
    with ui.row():
        for name, number in told["tiles"]:
            with ui.card():
                ui.label(name)
                ui.label(number)
    with ui.row():
        with ui.card():
            plan = ui.html(picture(), sanitize=False)
        with ui.column():
            for name in told["tables"]:
                table(name)
    with ui.card():
        for line in told["decisions"]:
            ui.label(line)

    def move() -> None:
        global step  # noqa: PLW0603 - the one number that this page has
        step += 1
        plan.set_content(picture())

    ui.timer(0.5, move)


ui.run(host="127.0.0.1", port=told["port"], reload=False, show=False, show_welcome_message=False)
