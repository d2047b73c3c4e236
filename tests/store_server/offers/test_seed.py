"""A seed file's offers and campaigns; an error names file, entry and field."""

import tomllib

import pytest

from store_server.errors import ConfigError
from store_server.offers.seed import parse_offers

SEED = """
[[offers]]
id = "rye"
name = "Rye bread"
category = "BREAD"
product_ids = ["p1"]
price_minor = 300
margin_minor = 150
face_value_minor = 50
effect_mean = 0.2
effect_strength = 20
[offers.creatives.en]
title = "{offer}"
body = "{value} off"

[[campaigns]]
id = "bakery"
name = "Bakery"
offers = ["rye"]
trigger = {kind = "zone_dwell", zone = "bakery", dwell_s = 20}
starts_at = 2026-03-01T00:00:00Z
hours = ["08:00", "21:00"]
budget_issues = 100
state = "live"
"""


def test_a_seed_file_gives_offers_and_campaigns() -> None:
    offers, campaigns = parse_offers(tomllib.loads(SEED), source="offers.toml")

    assert [offer.id for offer in offers] == ["rye"]
    assert campaigns[0].trigger.dwell_s == 20
    assert campaigns[0].budget_issues == 100


@pytest.mark.parametrize(
    ("old", "new", "text"),
    [
        (
            "margin_minor = 150",
            "margin_minor = 999",
            "offers.toml: offers[0] (rye): offer rye: marg",
        ),
        (
            'offers = ["rye"]',
            'offers = ["oat"]',
            "offers.toml: campaign bakery: offers names 'oat'",
        ),
        ('"08:00"', '"8"', "offers.toml: campaigns[0] (bakery): hours is '8'; must be HH:MM"),
        ("[[campaigns]]", "[[campaings]]", "offers.toml: campaings is not known"),
        (
            "{value} off",
            "{value.x} off",
            "offers.toml: offers[0] (rye): creative: body placeholder",
        ),
    ],
)
def test_a_mistake_is_told_with_file_entry_and_field(old: str, new: str, text: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_offers(tomllib.loads(SEED.replace(old, new)), source="offers.toml")

    assert text in str(caught.value)


def test_entries_must_be_tables() -> None:
    with pytest.raises(ConfigError, match=r"write \[\[offers\]\]"):
        parse_offers({"offers": "rye"}, source="x.toml")
    with pytest.raises(ConfigError, match="must be a table"):
        parse_offers({"offers": ["rye"]}, source="x.toml")
