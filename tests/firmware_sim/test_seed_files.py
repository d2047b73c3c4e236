import csv
import tomllib
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.demo_offers import demo_campaigns, demo_offers
from firmware_sim.retail_data import Product, Purchase, RetailSeed
from firmware_sim.seed_files import toml_of, write_seed_files
from tests.firmware_sim.builders import START

SEED = RetailSeed(
    layout=4,
    shoppers=(("s-1", "h-1"),),
    products=(Product("p-1", "Rye", "BAKED BREAD/BUNS/ROLLS", "GROCERY", 300),),
    purchases=(Purchase("s-1", "b-1", "2017-10-01T10:00:00Z", "p-1", 1, 300),),
    shares={"s-1": {"BAKED BREAD/BUNS/ROLLS": 0.4}},
    promoted={"BAKED BREAD/BUNS/ROLLS": ("p-1",), "TROPICAL FRUIT": ("p-2",)},
)

plain = st.one_of(st.text(max_size=20), st.integers(-(2**60), 2**60), st.booleans())


@given(st.dictionaries(st.from_regex(r"[a-z_]{1,8}", fullmatch=True), plain, min_size=1))
def test_what_is_written_as_toml_is_read_back(document: dict[str, object]) -> None:
    assert tomllib.loads(toml_of("offers", [document])) == {"offers": [document]}


def test_seed_files_come_in_the_order_in_which_they_need_each_other(tmp_path: Path) -> None:
    files = write_seed_files(
        tmp_path, SEED, offers=demo_offers(SEED), campaigns=demo_campaigns(START)
    )

    assert [path.name for path in files] == [
        "products.csv",
        "offers.toml",
        "shoppers.csv",
        "purchases.csv",
    ]


def test_purchases_name_shoppers_and_products_of_the_other_files(tmp_path: Path) -> None:
    files = write_seed_files(tmp_path, SEED, offers=[], campaigns=[])

    products, _, shoppers, purchases = (
        list(csv.DictReader(path.open())) if path.suffix == ".csv" else [] for path in files
    )
    assert purchases[0]["shopper_id"] == shoppers[0]["shopper_id"]
    assert purchases[0]["product_id"] == products[0]["product_id"]


def test_every_offer_leaves_a_margin_after_its_discount() -> None:
    for offer in demo_offers(SEED):
        margin, value = offer["margin_minor"], offer["face_value_minor"]
        assert isinstance(margin, int)
        assert isinstance(value, int)
        assert 0 <= value < margin


def test_one_campaign_is_yet_to_start_when_the_demo_does_and_all_have_an_end() -> None:
    campaigns = demo_campaigns(START)

    waiting = [one for one in campaigns if "starts_at" in one]
    assert [one["id"] for one in waiting] == ["eggs-before-easter"]
    assert str(waiting[0]["starts_at"]) > "2018"
    assert all(str(one["ends_at"]) > "2017-11-12" for one in campaigns)


def test_one_campaign_waits_for_a_zone_and_else_calls_the_staff() -> None:
    steps = [one["step"] for one in demo_campaigns(START) if "step" in one]

    (step,) = tomllib.loads(toml_of("steps", [{"step": one} for one in steps]))["steps"]
    assert step["step"]["event"] == {"kind": "zone_enter", "zone": "dairy"}
    assert (step["step"]["on_event"]["do"], step["step"]["on_timeout"]["do"]) == ("offer", "staff")
