"""A segment reads well in three languages, and different trees read differently."""

from random import Random
from typing import Any

import pytest

from store_server.errors import Unprocessable
from store_server.shoppers.attributes import Attribute, AttributeType
from store_server.shoppers.segments.check import TREE
from store_server.shoppers.segments.sentence import LANGUAGES, say
from tests.store_server.shoppers.segments.random_trees import a_tree

Json = dict[str, Any]


def baskets(number: int, op: str = "ge", days: int | None = 30) -> Json:
    facts = {"source": "purchases", "categories": ["bread"]}
    return {
        "kind": "tally",
        "facts": facts,
        "measure": "baskets",
        "days": days,
        "op": op,
        "value": number,
    }


def said(tree: Json, language: str, **more: Any) -> str:
    return say(TREE.validate_python(tree), language, **more)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "en",
            "Shoppers who meet: at least 3 baskets in category “bread” in the last 30 days and "
            "not (is in zone “till” now).",
        ),
        (
            "es",
            "Clientes que cumplen: al menos 3 tiques de la categoría «bread» en los últimos 30 "
            "días y no (está ahora en la zona «till»).",
        ),
        (
            "ru",
            "Покупатели, для которых верно: не менее 3 чеков, категория «bread» за 30 последних "
            "дней и не (сейчас в зоне «till»).",
        ),
    ],
)
def test_a_tree_is_one_sentence(language: str, sentence: str) -> None:
    outside = {"kind": "not", "of": {"kind": "live_zone", "zones": ["till"]}}

    assert said({"kind": "all", "of": [baskets(3), outside]}, language) == sentence


@pytest.mark.parametrize(
    ("op", "number", "clause"),
    [
        ("ge", 1, "не менее 1 чека"),
        ("ge", 2, "не менее 2 чеков"),
        ("ge", 21, "не менее 21 чека"),
        ("eq", 1, "ровно 1 чек"),
        ("eq", 2, "ровно 2 чека"),
        ("eq", 5, "ровно 5 чеков"),
        ("eq", 11, "ровно 11 чеков"),
        ("eq", 22, "ровно 22 чека"),
    ],
)
def test_russian_counts_in_the_case_that_the_comparison_asks_for(
    op: str, number: int, clause: str
) -> None:
    assert f": {clause}, категория" in said(baskets(number, op), "ru")


@pytest.mark.parametrize(
    ("language", "one", "two"),
    [
        ("en", "in the last 1 day.", "in the last 2 days."),
        ("es", "en el último 1 día.", "en los últimos 2 días."),
        ("ru", "за 1 последний день.", "за 2 последних дня."),
    ],
)
def test_windows_have_their_plural_forms(language: str, one: str, two: str) -> None:
    assert said(baskets(3, days=1), language).endswith(one)
    assert said(baskets(3, days=2), language).endswith(two)


def test_brackets_say_what_belongs_together() -> None:
    staff, household = {"kind": "staff"}, {"kind": "household"}
    either = {"kind": "any", "of": [staff, household]}

    assert said({"kind": "all", "of": [either, staff]}, "en") == (
        "Shoppers who meet: (works here or belongs to a household) and works here."
    )


def test_money_has_its_currency_and_attributes_their_labels() -> None:
    spent = {**baskets(123_450), "measure": "amount", "days": None}
    city = Attribute("city", AttributeType.TEXT, labels={"es": "ciudad"})
    in_vienna = {"kind": "text", "name": "city", "op": "is", "values": ["Viena"]}

    assert "at least €1,234.50 spent" in said(spent, "en")
    assert "¥123,450 spent" in said(spent, "en", currency="JPY")
    assert "«ciudad» es «Viena»" in said(in_vienna, "es", schema={"city": city})


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_trees_read_differently(language: str) -> None:
    rng = Random(5)
    trees = {tree.model_dump_json(): tree for tree in (a_tree(rng) for _ in range(1_500))}

    sentences = {say(tree, language) for tree in trees.values()}

    assert len(sentences) == len(trees)


def test_another_language_is_refused() -> None:
    with pytest.raises(Unprocessable, match="must be one of en, es, ru"):
        said({"kind": "staff"}, "fr")
