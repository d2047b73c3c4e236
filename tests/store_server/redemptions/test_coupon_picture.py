"""What a till's scanner reads off the picture of a coupon."""

from xml.etree import ElementTree as ET

import pytest

from store_server.redemptions.coupon_picture import QUIET_ZONE_MODULES, draw_qr
from tests.store_server.redemptions.qr_reader import SVG, Scan, scan
from tests.store_server.redemptions.test_coupon_spellings import a_normal_code, a_ticket


@pytest.mark.parametrize("seed", range(20))
def test_a_scanner_reads_the_ticket_off_the_picture(seed: int) -> None:
    ticket = a_ticket(seed)

    assert scan(draw_qr(ticket, title="a coupon")) == Scan(ticket, "M", 25, QUIET_ZONE_MODULES)


def test_a_coupon_too_dear_for_a_ticket_is_drawn_as_its_code() -> None:
    code = a_normal_code()

    assert scan(draw_qr(code, title="a coupon")).text == code


def test_a_covered_module_is_seen_by_the_reader_of_these_tests() -> None:
    drawn = draw_qr(a_ticket(), title="a coupon")
    spoilt = drawn.rpartition("h3")

    with pytest.raises(AssertionError, match="check codewords"):
        scan("h1m2 0".join((spoilt[0], spoilt[2])))


def test_the_picture_holds_no_script_and_fetches_nothing() -> None:
    root = ET.fromstring(draw_qr(a_ticket(), title='<script>"&'))

    assert [one.tag for one in root.iter()] == [f"{SVG}{name}" for name in NAMES]
    assert {name for one in root.iter() for name in one.attrib} == {
        "viewBox",
        "fill",
        "stroke",
        "d",
    }
    assert root[0].text == '<script>"&'


def test_the_ground_is_light_also_where_the_app_is_dark() -> None:
    ground = ET.fromstring(draw_qr(a_ticket(), title="a coupon"))[1]

    assert (ground.attrib["fill"], ground.attrib["d"]) == ("#fff", "M0 0h33v33h-33z")


NAMES = ("svg", "title", "path", "path")
