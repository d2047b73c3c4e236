from pathlib import Path

import pytest

from store_server.documents import read_toml
from store_server.errors import ConfigError
from store_server.shop.plan_document import read_plan, write_plan
from tests.store_server.shop.builders import a_plan, a_store

DEMO = Path(__file__).parents[3] / "configs" / "demo" / "supermarket.toml"


def a_document() -> dict[str, object]:
    return write_plan(a_store(), a_plan())


def one(document: dict[str, object], kind: str, number: int = 0) -> dict[str, object]:
    entries = document[kind]
    assert isinstance(entries, list)
    entry: dict[str, object] = entries[number]
    return entry


def test_what_was_written_is_read_again() -> None:
    assert read_plan(a_document(), where="plan") == (a_store(), a_plan())


def test_the_demo_shop_is_tiled_by_its_zones() -> None:
    _, plan = read_plan(read_toml(DEMO), where=DEMO.name)

    assert (plan.width_m, plan.height_m) == (30, 20)
    assert sum(zone.area_m2() for zone in plan.zones) == 600
    assert (len(plan.zones), len(plan.gateways), len(plan.beacons)) == (6, 6, 12)


@pytest.mark.parametrize(
    ("kind", "key", "value", "message"),
    [
        ("gateways", "zone", "cellar", "zone is 'cellar'; must be one of entrance, bakery"),
        ("gateways", "x", 15.0, "lies in bakery, not in entrance"),
        ("gateways", "id", "GW 1", "gateways.* id is 'GW 1'"),
        ("gateways", "x", float("nan"), "x is nan"),
        ("beacons", "identity", "F7826DA6", "identity is 'F7826DA6'"),
        ("beacons", "measured_power_dbm", 200, "must be -127..20"),
        ("zones", "polygon", [[0, 0], [10, 0]], "polygon"),
        ("zones", "polygon", [[0, 0], [99, 0], [0, 10]], "off the floor"),
        ("zones", "polygon", [[0, 0], [5, 0], [10, 0]], "has no area"),
        ("zones", "polygon", [[0, 0], [12, 0], [12, 10], [0, 10]], "overlap"),
        ("zones", "kind", "sails", "kind is 'sails'"),
        ("zones", "poligon", [], "did you mean polygon"),
    ],
)
def test_a_wrong_plan_is_refused_in_plain_words(
    kind: str, key: str, value: object, message: str
) -> None:
    document = a_document()
    one(document, kind)[key] = value

    with pytest.raises(ConfigError, match=message) as refused:
        read_plan(document, where="plan.toml")

    assert str(refused.value).startswith("plan.toml: ")


@pytest.mark.parametrize(("kind", "key"), [("gateways", "id"), ("beacons", "identity")])
def test_a_name_may_stand_once(kind: str, key: str) -> None:
    document = a_document()
    one(document, kind, 1)[key] = one(document, kind, 0)[key]

    with pytest.raises(ConfigError, match="there twice"):
        read_plan(document, where="plan.toml")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("timezone", "Mars/Olympus", "IANA name"),
        ("currency", "euro", "currency is 'euro'"),
        ("width_m", 0, "greater than 0"),
        ("open", "25:00", "open is '25:00'"),
    ],
)
def test_a_wrong_profile_is_refused(key: str, value: object, message: str) -> None:
    document = a_document()
    store = document["store"]
    assert isinstance(store, dict)
    store[key] = value

    with pytest.raises(ConfigError, match=message):
        read_plan(document, where="plan.toml")


def test_walls_shelves_and_a_picture_are_read_and_written_alike() -> None:
    document = a_document() | {
        "walls": [{"points": [[10, 0], [10, 4]]}, {"kind": "glass", "points": [[0, 5], [2, 5]]}],
        "shelves": [{"polygon": [[12, 2], [14, 2], [14, 3]], "attenuation_db": 6}],
        "image": {"name": f"plan-{'0a' * 8}.png", "width_px": 400, "height_px": 200}
        | {"metres_per_pixel": 0.05},
    }

    store, plan = read_plan(document, where="plan")

    assert [(w.kind, w.attenuation_db) for w in plan.walls] == [
        ("wall", 3.4),
        ("glass", 2.0),
        ("shelf", 3.0),
    ]
    assert plan.walls[2].points[0] == plan.walls[2].points[-1]
    assert read_plan(write_plan(store, plan), where="again") == (store, plan)


@pytest.mark.parametrize(
    ("wall", "message"),
    [
        ({"points": [[1, 1]]}, "points"),
        ({"kind": "glass"}, "needs points .a line. or polygon"),
        ({"points": [[1, 1], [2, 2]], "polygon": [[1, 1], [2, 2], [1, 2]]}, "not both"),
        ({"points": [[1, 1], [2, 2]], "kind": "paper"}, "kind is 'paper'"),
        ({"points": [[1, 1], [2, 2]], "attenuation_db": -3}, "greater than or equal to 0"),
        ({"points": [[1, 1], [2, 200]]}, "off the floor"),
    ],
)
def test_a_wrong_wall_is_refused_in_plain_words(wall: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        read_plan(a_document() | {"walls": [wall]}, where="plan.toml")
