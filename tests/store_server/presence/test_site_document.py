"""Sites as JSON: what must be there, what may be missing."""

import json

import pytest

from store_server.errors import ConfigError
from store_server.presence.site_document import read_site, site_from

GATEWAYS: dict[str, dict[str, object]] = {"a": {"x": 1, "y": 1, "z": 2.3}, "b": {"x": 9, "y": 1}}
ZONES = {"left": [[0, 0], [5, 0], [5, 4], [0, 4]], "right": [[5, 0], [10, 0], [10, 4], [5, 4]]}


def read(**parts: object) -> str:
    return json.dumps({"gateways": GATEWAYS, **parts})


def test_polygons_make_cells_of_their_zones() -> None:
    site = site_from(read_site(read(zones=ZONES), source="s.json"))

    assert site.space.zone_ids == ("left", "right")
    assert site.space.n == 20 * 8
    assert site.door_zones == frozenset()


def test_limits_and_negative_coordinates_are_kept() -> None:
    document = read_site(read(zones=ZONES, limits=[-1, -1, 11, 5]), source="s.json")

    assert site_from(document).space.xy.min() < -0.5


def test_two_labels_without_polygons_are_a_door() -> None:
    labelled = {name: {**at, "zone": name + "-side"} for name, at in GATEWAYS.items()}
    site = site_from(read_site(json.dumps({"gateways": labelled}), source="s.json"))

    assert site.space.zone_ids == ("a-side", "b-side")
    assert site.door_zones == {"a-side", "b-side"}


def test_three_labels_share_the_floor_by_the_next_gateway() -> None:
    gateways = {n: {"x": x, "y": 0, "zone": n} for n, x in (("p", 0), ("q", 6), ("r", 12))}
    site = site_from(read_site(json.dumps({"gateways": gateways}), source="s.json"))

    assert site.space.has_places
    assert (site.space.membership.sum(axis=0) == 1).all()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "s.json"),
        ('{"gateways": {}}', "gateways is empty"),
        (read(), "no zones"),
        (read(zones={"z": [[0, 0], [1, 1]]}), "needs 3 or more"),
        (read(zones=ZONES, limits=[5, 0, 1, 1]), "x0 < x1"),
    ],
)
def test_what_is_wrong_is_named(text: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        read_site(text, source="s.json")


def test_the_stated_power_is_the_reference_of_the_map() -> None:
    plain = site_from(read_site(read(zones=ZONES), source="s.json"))
    stated = site_from(read_site(read(zones=ZONES, tx_power_1m=-66.0), source="s.json"))

    assert stated.reference_dbm == -66.0
    softer = plain.radio.mean_dbm - stated.radio.mean_dbm
    assert softer == pytest.approx(plain.reference_dbm + 66.0, abs=1e-4)


def test_walls_of_the_document_take_from_levels() -> None:
    wall = [[[5, 0], [5, 4]]]
    plain = site_from(read_site(read(zones=ZONES), source="s.json")).radio
    walled = site_from(read_site(read(zones=ZONES, walls=wall), source="s.json")).radio

    assert (plain.mean_dbm - walled.mean_dbm).max() == pytest.approx(3.4, abs=1e-3)
