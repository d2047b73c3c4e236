"""Offers as plain documents: TOML of a seed file, JSON of the API and the database.

One reading for all three, so that what a seed file may say, the API may say too. Every error
names the path inside the document. Campaigns are in `campaign_document`.
"""

from collections.abc import Mapping

from store_server.ids import OfferId
from store_server.offers.creative import Creative, Wording
from store_server.offers.document_fields import (
    Document,
    default_of,
    instant,
    instant_text,
    list_of,
    maybe,
    need,
    number,
    require_known,
    table,
    without_none,
    wrong,
)
from store_server.offers.document_limits import TERM_KEYS, read_terms, write_terms
from store_server.offers.offer import EffectPrior, Offer

OFFER_KEYS = frozenset(
    {"id", "name", "category", "product_ids", "price_minor", "margin_minor", "face_value_minor"}
    | {"effect_mean", "effect_strength", "valid_from", "valid_until", "coupon_valid_s"}
    | {"creatives", "tags", "version"}
    | TERM_KEYS
)


def read_offer(document: Document) -> Offer:
    """The offer that a document describes.

    Raises:
        Unprocessable: a key is missing, unknown or holds what it may not; the text says where.
    """
    require_known(document, OFFER_KEYS)
    return Offer(
        id=OfferId(need(document, "id", str)),
        name=need(document, "name", str),
        category=need(document, "category", str),
        product_ids=tuple(list_of(document, "product_ids", str)),
        price_minor=need(document, "price_minor", int),
        margin_minor=need(document, "margin_minor", int),
        face_value_minor=need(document, "face_value_minor", int),
        effect_prior=EffectPrior(
            mean=number(document, "effect_mean"), strength=number(document, "effect_strength")
        ),
        creatives=_creatives(document),
        valid_from=instant(document, "valid_from"),
        valid_until=instant(document, "valid_until"),
        coupon_valid_s=maybe(document, "coupon_valid_s", int),
        terms=read_terms(document),
        version=default_of(document, "version", 1),
        tags=frozenset(list_of(document, "tags", str)),
    )


def write_offer(offer: Offer) -> dict[str, object]:
    """The document of an offer; `read_offer` gives the same offer back."""
    return without_none(
        id=offer.id,
        name=offer.name,
        category=offer.category,
        product_ids=list(offer.product_ids),
        price_minor=offer.price_minor,
        margin_minor=offer.margin_minor,
        face_value_minor=offer.face_value_minor,
        effect_mean=offer.effect_prior.mean,
        effect_strength=offer.effect_prior.strength,
        valid_from=instant_text(offer.valid_from),
        valid_until=instant_text(offer.valid_until),
        coupon_valid_s=offer.coupon_valid_s,
        **write_terms(offer.terms),
        version=offer.version,
        tags=sorted(offer.tags) or None,
        creatives={
            key: _creative_document(creative) for key, creative in sorted(offer.creatives.items())
        },
    )


def _creatives(document: Document) -> dict[str, Creative]:
    found: dict[str, Creative] = {}
    for key, texts in table(document, "creatives").items():
        path = f"creatives.{key}"
        if not isinstance(texts, Mapping):
            raise wrong(path, texts, "a table with title and body")
        found[key] = read_creative(texts, path=f"{path}.")
    return found


def read_creative(document: Document, *, path: str = "") -> Creative:
    """The creative that a document describes; raises as `read_offer` does."""
    require_known(document, frozenset({"title", "body", "wording"}), path=path)
    wording = maybe(document, "wording", str, path=path) or Wording.PLAIN.value
    if wording not in set(Wording):
        raise wrong(f"{path}wording", wording, f"one of {', '.join(Wording)}")
    return Creative(
        title=need(document, "title", str, path=path),
        body=need(document, "body", str, path=path),
        wording=Wording(wording),
    )


def _creative_document(creative: Creative) -> dict[str, object]:
    plain = creative.wording is Wording.PLAIN
    return without_none(
        title=creative.title,
        body=creative.body,
        wording=None if plain else creative.wording.value,
    )
