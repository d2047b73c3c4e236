"""A segment as one sentence, in English, Spanish or Russian: the reading for people.

Different trees read differently: whoever approves a campaign reads this and not the JSON.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import assert_never

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision

from store_server.errors import Unprocessable
from store_server.shoppers.attributes import Attribute
from store_server.shoppers.segments.fact_filter import Facts, Purchases
from store_server.shoppers.segments.tree import (
    All,
    Anniversary,
    Any,
    AttributeLeaf,
    Band,
    Bucket,
    Channel,
    ChoiceIs,
    Compare,
    DateIs,
    DateWithin,
    Figure,
    FlagIs,
    InSegment,
    Known,
    Language,
    Leaf,
    LiveDwell,
    LiveLeaf,
    LiveVisit,
    LiveVisited,
    LiveZone,
    Not,
    NumberIs,
    Recency,
    SegmentTree,
    Stage,
    Tally,
    TextIs,
)
from store_server.shoppers.segments.words import ENGLISH, SPANISH, Words
from store_server.shoppers.segments.words_ru import RUSSIAN

LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "es": SPANISH, "ru": RUSSIAN}


def say(
    tree: SegmentTree,
    language: str,
    *,
    currency: str = "EUR",
    schema: Mapping[str, Attribute] | None = None,
) -> str:
    """The sentence of a tree.

    Args:
        tree: checked.
        language: en, es or ru.
        currency: ISO 4217, of amounts.
        schema: for the labels of attributes; without, they are called by their names.

    Raises:
        Unprocessable: another language.
    """
    speaker = _speaker(language, currency, schema or {})
    return speaker.text("whole", x=speaker.tree(tree))


def say_leaf(
    leaf: Leaf,
    language: str,
    *,
    currency: str = "EUR",
    schema: Mapping[str, Attribute] | None = None,
) -> str:
    """The clause of one leaf, to stand inside a sentence or a list."""
    return _speaker(language, currency, schema or {}).tree(leaf)


def _speaker(language: str, currency: str, schema: Mapping[str, Attribute]) -> "_Speaker":
    words = LANGUAGES.get(language)
    if words is None:
        raise Unprocessable(
            f"language is {language[:20]!r}; must be one of {', '.join(LANGUAGES)}",
            code="bad_language",
        )
    return _Speaker(words, currency, schema)


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


class _Speaker:
    """Says trees in one language."""

    def __init__(self, words: Words, currency: str, schema: Mapping[str, Attribute]) -> None:
        self._words = words
        self._currency = currency
        self._schema = schema
        self._locale = _locale(words.locale)

    def tree(self, node: SegmentTree, *, inside: bool = False) -> str:
        match node:
            case All() | Any():
                joint = self.text("and" if isinstance(node, All) else "or")
                said = joint.join(self.tree(one, inside=True) for one in node.of)
                # One part is said as it is: "all of one" and "any of one" mean the same.
                return f"({said})" if inside and len(node.of) > 1 else said
            case Not():
                return self.text("not", x=self.tree(node.of))
            case _:
                return self._leaf(node)

    def text(self, which: str, /, **values: str) -> str:
        return self._words.texts[which].format(**values)

    def _leaf(self, leaf: Leaf) -> str:
        if isinstance(leaf, AttributeLeaf):
            return self._attribute(leaf, self._name(leaf.name))
        if isinstance(leaf, LiveLeaf):
            return self._live(leaf)
        match leaf:
            case Tally():
                return self._tally(leaf)
            case Recency():
                kind = "purchase" if isinstance(leaf.facts, Purchases) else "event"
                unit = "last_days" if leaf.op == "within" else "days"
                facts = self.text(kind) + self._facts(leaf.facts)
                return self.text(leaf.op, facts=facts, x=self._count(unit, leaf.days))
            case Band() | Figure():
                return self._figure(leaf)
            case _:
                return self._profile(leaf)

    def _attribute(self, leaf: AttributeLeaf, name: str) -> str:  # noqa: PLR0911 - one for each kind
        match leaf:
            case TextIs() | ChoiceIs():
                return self.text(leaf.op, name=name, x=self._listed(leaf.values))
            case NumberIs():
                return self.text(
                    "number", name=name, x=self._compare(leaf.op, self._number(leaf.value))
                )
            case FlagIs():
                return self.text("true" if leaf.value else "false", name=name)
            case DateIs():
                return self.text(leaf.op, name=name, x=self._date(leaf.day))
            case DateWithin():
                return self.text("date_within", name=name, x=self._span(leaf.direction, leaf.days))
            case Anniversary():
                return self.text("anniversary", name=name, x=self._span("next", leaf.days))
            case Known():
                return self.text("known", name=name)
            case _:
                assert_never(leaf)

    def _profile(self, leaf: Leaf) -> str:
        match leaf:
            case Language():
                return self.text("language", x=self._listed(leaf.values))
            case Stage():
                stages = [self._words.names[one] for one in leaf.values]
                return self.text("stage", x=self._listed(stages))
            case Channel():
                return self.text("channel", x=self._quoted(leaf.channel))
            case Bucket():
                return self.text("bucket", first=str(leaf.first), last=str(leaf.below - 1))
            case InSegment():
                return self.text("segment", x=self._quoted(leaf.id))
            case _:
                return self.text(leaf.kind)

    def _figure(self, leaf: Band | Figure) -> str:
        kind = "band" if isinstance(leaf, Band) else "figure"
        value = self._number(leaf.value)
        if leaf.of == "lifetime_value_minor":
            value = self._money(leaf.value)
        elif leaf.of == "churn_risk":
            value = format_percent(
                Decimal(repr(leaf.value)), locale=self._locale, decimal_quantization=False
            )
        return self.text(kind, name=self._words.names[leaf.of], x=self._compare(leaf.op, value))

    def _tally(self, leaf: Tally) -> str:
        of_events = not isinstance(leaf.facts, Purchases)
        if leaf.measure == "amount":
            amount = self._number(leaf.value) if of_events else self._money(leaf.value)
            kind = "event_amount" if of_events else "spent"
            counted = self.text(kind, x=self._compare(leaf.op, amount))
        else:
            unit = "events" if of_events else leaf.measure
            counted = self._compare(leaf.op, self._count(unit, leaf.value, op=leaf.op))
        window = "" if leaf.days is None else self._count("last_days", leaf.days)
        return self.text("tally", x=counted, facts=self._facts(leaf.facts), window=window).rstrip()

    def _facts(self, facts: Facts) -> str:
        if isinstance(facts, Purchases):
            named = [("of_product", facts.products), ("of_category", facts.categories)]
        else:
            named = [("of_event", (facts.event,)), ("of_item", facts.items)]
        return "".join(self.text(one, x=self._listed(names)) for one, names in named if names)

    def _live(self, leaf: LiveLeaf) -> str:
        match leaf:
            case LiveZone() | LiveVisited():
                return self.text(leaf.kind, x=self._listed(leaf.zones))
            case LiveDwell() | LiveVisit():
                seconds = self._count("seconds", leaf.seconds, op=leaf.op)
                return self.text(leaf.kind, x=self._compare(leaf.op, seconds))
            case _:
                assert_never(leaf)

    def _compare(self, op: Compare, said: str) -> str:
        return self._words.compare[op].format(x=said)

    def _count(self, unit: str, number: int, *, op: Compare | None = None) -> str:
        """A number with its unit in the plural form that the language asks for."""
        exact = op in (Compare.EQ, Compare.NE)
        forms = (self._words.exact_units if exact else self._words.units)[unit]
        form = forms.get(self._locale.plural_form(number), forms["other"])
        return form.format(n=self._number(number))

    def _span(self, direction: str, days: int) -> str:
        return self._count(f"{direction}_days", days) if days else self.text("today")

    def _number(self, number: float) -> str:
        # Not rounded: two thresholds that differ must read differently.
        exact = Decimal(repr(number))
        return format_decimal(exact, locale=self._locale, decimal_quantization=False)

    def _money(self, minor: float) -> str:
        amount = Decimal(repr(minor)).scaleb(-get_currency_precision(self._currency))
        said = format_currency(
            amount, self._currency, locale=self._locale, decimal_quantization=False
        )
        return str(said)

    def _date(self, day: date) -> str:
        return format_date(day, "long", locale=self._locale)

    def _name(self, attribute: str) -> str:
        declared = self._schema.get(attribute)
        return self._quoted(declared.label(self._words.locale) if declared else attribute)

    def _listed(self, values: Sequence[str]) -> str:
        return self.text("or").join(self._quoted(value) for value in values)

    def _quoted(self, text: str) -> str:
        opening, closing = self._words.quotes
        # A closing sign inside is doubled: one odd name must not read like two.
        return f"{opening}{text.replace(closing, closing * 2)}{closing}"
