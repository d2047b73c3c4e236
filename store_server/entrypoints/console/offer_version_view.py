"""How the versions of an offer are shown: what the newest one changed, in words and in money."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from store_server.entrypoints.console.frame import N_
from store_server.offers.version_difference import Difference

FIELD_TEXTS = {
    "name": N_("Name"),
    "category": N_("Category: what counts as buying it"),
    "product_ids": N_("Products, by number"),
    "price_minor": N_("Price"),
    "margin_minor": N_("Margin on it"),
    "face_value_minor": N_("What the coupon takes off"),
    "valid_from": N_("From"),
    "valid_until": N_("Until"),
    "cap_per_week": N_("Times in a week"),
}
_WORDS = "creatives"
_MONEY = "_minor"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of what changed; None where it is not said.

    words: whose words changed, as in `creatives` (en, es@email, en~bold); "" for another field.
    is_money: both sides are minor units.
    """

    field: str
    before: object
    after: object
    words: str = ""
    is_money: bool = False


def changes_of(found: Sequence[Difference]) -> list[Change]:
    """The lines for these differences: words one by one, lists with commas between."""
    lines: list[Change] = []
    for one in found:
        if one.field == _WORDS:
            before, after = _words(one.before), _words(one.after)
            lines += [
                Change(one.field, before.get(key), after.get(key), words=key)
                for key in sorted(before.keys() | after.keys())
                if before.get(key) != after.get(key)
            ]
        else:
            is_money = one.field.endswith(_MONEY)
            lines.append(
                Change(one.field, _plain(one.before), _plain(one.after), is_money=is_money)
            )
    return lines


def _words(creatives: object) -> dict[str, str]:
    """Title and text of each creative of a document, by its key."""
    if not isinstance(creatives, Mapping):
        return {}
    return {key: f"{one['title']} · {one['body']}" for key, one in creatives.items()}


def _plain(value: object) -> object:
    return ", ".join(map(str, value)) if isinstance(value, list) else value
