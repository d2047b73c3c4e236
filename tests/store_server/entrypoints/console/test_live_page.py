"""The live page as the server renders it: complete without a script, and nothing inline."""

import base64
import re
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from store_server.database import Database
from store_server.shop.floor_plan import FloorPlan, PlanImage
from tests.store_server.entrypoints.web_builders import PLAN, WebStore, a_web_store


def the_page(web: WebStore) -> str:
    answer = web.manager().get("/live")
    assert answer.status_code == 200
    return str(answer.text)


def test_the_page_counts_people_by_zone(web: WebStore) -> None:
    web.place("ann", 5, 5)
    web.place("bob", 5, 4)

    rows = re.findall(r'<tr data-zone="(\w+)">.*?data-field="count">(\d+)<', the_page(web))

    assert dict(rows)["entrance"] == "2"
    assert sum(int(count) for _, count in rows) == 2


def test_the_page_says_why_a_decision_came_out_so(web: WebStore) -> None:
    web.client(token=web.token()).post(
        "/v1/app/decisions", json={"request_id": "q", "placement": "app", "zone": "drinks"}
    )

    page = the_page(web)

    assert "Nothing was offered: " in page
    assert 'id="no-decisions" class="empty" hidden' in page
    assert "ann" not in re.findall(r"\w+", page)


def test_an_empty_store_says_what_to_do_next(web: WebStore) -> None:
    bare = FloorPlan(PLAN.store, "New store", 0, 0)
    web.context.rooms.live = replace(web.context.rooms.live, plan=bare)

    page = the_page(web)

    assert "store-server seed" in page
    assert "store-server add-gateway" in page
    assert "No decision yet" in page


def test_a_simulated_store_says_so_in_capitals(database: Database) -> None:
    with a_web_store(database, simulated=True) as web:
        assert "SIMULATED" in the_page(web)


def test_a_real_store_is_not_called_simulated(web: WebStore) -> None:
    assert "SIMULATED" not in the_page(web)


def test_a_name_from_outside_is_only_text(web: WebStore) -> None:
    evil = replace(PLAN.zones[0], name='<script>alert(1)</script>" onload="x')
    plan = replace(PLAN, zones=(evil, *PLAN.zones[1:]))
    web.context.rooms.live = replace(web.context.rooms.live, plan=plan)

    page = the_page(web)

    assert "<script>alert" not in page
    assert '" onload="x' not in page


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(web: WebStore) -> None:
    page = the_page(web)

    assert not re.search(r'\sstyle="|\son\w+="|<style', page)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", page))
    assert not re.search(r'(src|href)="(https?:)?//', page)


def test_files_of_ours_are_kept_for_a_year_under_a_name_that_changes(web: WebStore) -> None:
    address = re.findall(r'href="(/static/live\.css\?v=\w+)"', the_page(web))[0]

    answer = web.client().get(address)

    assert answer.headers["content-type"].startswith("text/css")
    assert "immutable" in answer.headers["cache-control"]


def test_only_files_of_ours_are_served(web: WebStore) -> None:
    for name in ("nothing.js", "..%2fassets.py", "%2e%2e%2fassets.py"):
        assert web.client().get(f"/static/{name}").status_code == 404


def test_the_picture_under_the_plan_is_for_managers_only(
    web: WebStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    image = PlanImage(f"plan-{'0a' * 8}.png", 60, 40, 0.5)
    rooms = web.context.rooms
    rooms.live = replace(rooms.live, plan=replace(rooms.live.plan, image=image))
    folder = web.context.settings.state_dir / "plans"
    folder.mkdir(parents=True)
    (folder / image.name).write_bytes(b"picture")
    (folder / "plan-other.png").write_bytes(b"secret")

    manager = web.manager()
    shown = manager.get(f"/plan/{image.name}")

    assert (shown.content, shown.headers["content-type"]) == (b"picture", "image/png")
    assert shown.headers["content-security-policy"] == "sandbox"
    assert web.client(None).get(f"/plan/{image.name}").status_code == 401
    assert manager.get("/plan/plan-other.png").status_code == 404
    assert manager.get("/plan/..%2f..%2fstore.toml").status_code == 404


def test_the_dots_of_the_moment_are_in_the_page(web: WebStore) -> None:
    web.place("ann", 5, 4)
    web.place("bob", 7, 2)

    page = the_page(web)

    found = re.findall(r'<g class="dot[^"]*" transform="translate\((\d+) (\d+)\)">', page)
    told = re.findall(r'data-dots="([^"]+)"', page)
    height = round(PLAN.height_m * 100)
    frame = base64.b64decode(told[0])[1:]
    assert [(int(x), int(y)) for x, y in found] == [
        (x, height - y) for _, x, y, *_ in struct.iter_unpack(">IHHBHBBH", frame)
    ]
    assert len(found) == 2


def test_the_page_is_packed_for_whoever_takes_it(web: WebStore) -> None:
    client = web.manager()

    packed = client.get("/live", headers={"accept-encoding": "gzip"})
    plain = client.get("/live", headers={"accept-encoding": "identity"})

    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert "<h1>Live store</h1>" in packed.text
