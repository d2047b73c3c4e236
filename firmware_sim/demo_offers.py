"""What the demo's store promises: offers on what its real shoppers buy, and campaigns.

The campaigns are chosen so that one Saturday morning shows every kind of answer: some made, some
held out, some refused because the campaign is yet to start, closed at this hour, spent or not
worth it, some waited for, and some handed over to the staff.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from firmware_sim.errors import ScenarioError
from firmware_sim.retail_data import CATEGORIES, MARGIN_BP, RetailSeed

Document = dict[str, object]

DISCOUNT_BP = 1_500
# What we believe before anything is measured: an offer wins 30 % of those who would not buy, and
# twenty shown offers are needed to change our mind.
EFFECT_MEAN, EFFECT_STRENGTH = 0.30, 20.0
RECIPE_EFFECT = 0.12

# Who stood at the bread is offered cheese on coming to it, and else somebody looks after them.
CHEESE_AFTER_BREAD: Document = {
    "event": {"kind": "zone_enter", "zone": "dairy"},
    "for_s": 300,
    "on_event": {"do": "offer"},
    "on_timeout": {
        "do": "staff",
        "message": "Somebody looked at the bread and did not come to the cheese: may we help?",
    },
}

# The data's categories in a shopper's words.
WORDS: Mapping[str, str] = {
    "TROPICAL FRUIT": "bananas and tropical fruit",
    "SALAD MIX": "salad",
    "BERRIES": "berries",
    "APPLES": "apples",
    "GRAPES": "grapes",
    "TOMATOES": "tomatoes",
    "BAKED BREAD/BUNS/ROLLS": "bread and rolls",
    "BAKED SWEET GOODS": "cakes and pastries",
    "COOKIES/CONES": "cookies",
    "FLUID MILK PRODUCTS": "milk",
    "CHEESE": "cheese",
    "EGGS": "eggs",
    "YOGURT": "yogurt",
    "SOFT DRINKS": "soft drinks",
    "REFRGRATD JUICES/DRNKS": "chilled juices",
    "CANNED JUICES": "juices",
}


def offer_id(category: str) -> str:
    """The slug of the offer on a category."""
    return "-".join(WORDS[category].split())


def demo_offers(seed: RetailSeed) -> list[Document]:
    """One offer for each category, and a message without a discount as fallback."""
    prices = {product.product_id: product.price_minor for product in seed.products}
    offers = [
        _offer(category, products, prices)
        for names in CATEGORIES.values()
        for category in names
        if (products := seed.promoted.get(category))
    ]
    if not offers:
        raise ScenarioError("the real data names no product of the demo's categories")
    fruit = offers[0]
    recipe = fruit | {
        "id": "fruit-recipe",
        "name": "A recipe with fruit",
        "face_value_minor": 0,
        "effect_mean": RECIPE_EFFECT,
        "creatives": {"en": {"title": "Fruit salad tonight?", "body": "Five minutes, {offer}."}},
    }
    return [*offers, recipe]


def demo_campaigns(start_at: datetime) -> list[Document]:
    """The campaigns around a simulated start; instants with their offset."""
    week = timedelta(days=7)
    lasting: Document = {"ends_at": _text(start_at + 8 * week)}
    campaigns = [
        _campaign("welcome", ("TROPICAL FRUIT", "BERRIES"), {"kind": "store_enter"}),
        _campaign(
            "fruit-and-salad",
            ("SALAD MIX", "APPLES", "GRAPES", "TOMATOES"),
            _dwell("produce", 10),
            fallback_offer="fruit-recipe",
            cap_per_day=2,
        ),
        _campaign("fresh-bread", CATEGORIES["bakery"], _dwell("bakery", 15)),
        _campaign("cheese-after-bread", ("CHEESE",), _dwell("bakery", 15), step=CHEESE_AFTER_BREAD),
        _campaign("dairy-week", CATEGORIES["dairy"], _dwell("dairy", 10)),
        _campaign("thirsty", ("SOFT DRINKS",), _dwell("drinks", 10), budget_issues=3),
        _campaign(
            "evening-juice",
            ("REFRGRATD JUICES/DRNKS", "CANNED JUICES"),
            _dwell("drinks", 20),
            hours=["18:00", "21:00"],
        ),
        _campaign(
            "eggs-before-easter",
            ("EGGS",),
            {"kind": "zone_enter", "zone": "dairy"},
            starts_at=_text(start_at + 26 * week),
            ends_at=_text(start_at + 30 * week),
        ),
        _campaign("ask-the-app", ("CHEESE", "BAKED SWEET GOODS"), {"kind": "pull"}),
    ]
    return [lasting | one for one in campaigns]


def _offer(category: str, products: Sequence[str], prices: Mapping[str, int]) -> Document:
    paid = sorted(prices[product] for product in products if product in prices)
    price = paid[len(paid) // 2] if paid else 200
    words = WORDS[category]
    return {
        "id": offer_id(category),
        "name": f"15 % off {words}",
        "category": category,
        "product_ids": list(products),
        "price_minor": price,
        "margin_minor": price * MARGIN_BP // 10_000,
        "face_value_minor": max(5, price * DISCOUNT_BP // 10_000),
        "effect_mean": EFFECT_MEAN,
        "effect_strength": EFFECT_STRENGTH,
        "creatives": {
            "en": {"title": f"{{value}} off {words}", "body": "{offer}: show the code at the till."}
        },
    }


def _campaign(name: str, categories: Sequence[str], trigger: Document, **more: object) -> Document:
    return {
        "id": name,
        "name": name.replace("-", " ").capitalize(),
        "offers": [offer_id(category) for category in categories],
        "trigger": trigger,
        "cap_per_visit": 1,
        "cap_per_day": 1,
        "state": "live",
        "goal": "purchases",
        "smallest_effect_bp": 300,
    } | more


def _dwell(zone: str, seconds: int) -> Document:
    return {"kind": "zone_dwell", "zone": zone, "dwell_s": seconds}


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")
