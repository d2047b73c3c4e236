"""Offers and campaigns of a seed file: each error with file, entry and field."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from store_server.errors import ConfigError, Unprocessable
from store_server.offers.campaign import Campaign
from store_server.offers.campaign_document import read_campaign
from store_server.offers.catalogue import catalogue_of
from store_server.offers.document import read_offer
from store_server.offers.offer import Offer

T = TypeVar("T")


def parse_offers(
    document: Mapping[str, object], *, source: str
) -> tuple[tuple[Offer, ...], tuple[Campaign, ...]]:
    """The offers and campaigns of a parsed TOML document, each by id.

    Args:
        document: `[[offers]]` and `[[campaigns]]` tables; other tables are refused.
        source: the file's name, for the error text.

    Raises:
        ConfigError: an entry is wrong, an id stands twice, or a campaign names an offer that the
            document does not have.
    """
    for key in document:
        if key not in ("offers", "campaigns"):
            raise ConfigError(f"{source}: {key} is not known; must be [[offers]] or [[campaigns]]")
    offers = _each(document, "offers", read_offer, source=source)
    campaigns = _each(document, "campaigns", read_campaign, source=source)
    try:
        catalogue = catalogue_of(offers, campaigns)
    except Unprocessable as refusal:
        raise ConfigError(f"{source}: {refusal}") from refusal
    return tuple(catalogue.offers.values()), tuple(catalogue.campaigns.values())


def _each(
    document: Mapping[str, object],
    key: str,
    read: Callable[[Mapping[str, object]], T],
    *,
    source: str,
) -> list[T]:
    entries = document.get(key, [])
    if not isinstance(entries, list):
        raise ConfigError(f"{source}: {key} is not a list of tables; write [[{key}]]")
    found: list[T] = []
    for place, entry in enumerate(entries):
        where = f"{source}: {key}[{place}]"
        if not isinstance(entry, Mapping):
            raise ConfigError(f"{where} is {entry!r}; must be a table")
        try:
            found.append(read(entry))
        except Unprocessable as refusal:
            name = entry.get("id", "without id")
            raise ConfigError(f"{where} ({name}): {refusal}") from refusal
    return found
