"""Offers and their words in each language: the list, and one form for making and changing."""

from babel import numbers
from fastapi import APIRouter, Request
from fastapi.responses import Response

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.field_texts import NEEDED, Reading, free_slug, slug_of
from store_server.entrypoints.console.forms import Sent, sent_form
from store_server.entrypoints.console.frame import N_
from store_server.entrypoints.console.languages import OWN_NAMES
from store_server.entrypoints.console.offer_version_view import FIELD_TEXTS, changes_of
from store_server.entrypoints.console.visit import PageRoute, Visit, Visitor, seen_other
from store_server.entrypoints.context import ServerContext
from store_server.entrypoints.http_auth import Context
from store_server.errors import NotFound, Refusal
from store_server.flows.audited import audited
from store_server.flows.save_offer import save_offer
from store_server.flows.show_campaigns import show_offers
from store_server.flows.show_offer import show_offer_difference, show_offer_versions
from store_server.ids import OfferId
from store_server.offers.creative import BODY_LIMIT, TITLE_LIMIT
from store_server.offers.document import write_offer
from store_server.offers.offer import LONGEST_TAG, MOST_TAGS, Offer
from store_server.shop.audit import Deed
from store_server.writer import Priority

router = APIRouter(route_class=PageRoute)

HERE = "/campaigns/offers"
TAGS_WRONG = N_("At most 12 tags of up to 30 letters.")
# What another offer takes over: how it is said, not what it promises.
REUSED = frozenset(
    {"tags"} | {f"{part}_{language}" for part in ("title", "body") for language in OWN_NAMES}
)
# What is believed of an offer before anything is measured: it wins one in five of those who would
# not buy, and twenty shown offers change that belief.
EFFECT_MEAN, EFFECT_STRENGTH = 0.2, 20.0


@router.get("/campaigns/offers")
async def show_offer_list(visit: Visitor, context: Context) -> Response:
    """Every offer, with the languages that it speaks."""
    return visit.page("offers.html", rows=await context.read(show_offers))


@router.get("/campaigns/offers/new")
async def begin_offer(visit: Visitor, context: Context, like: str = "") -> Response:
    """The form of a new offer; `like`: with words and tags of this one."""
    known = context.rooms.live.catalogue.offers.get(OfferId(like))
    words = {} if known is None else _fields(known, visit.currency).fields
    return await _page(
        visit, context, Sent({name: one for name, one in words.items() if name in REUSED})
    )


@router.post("/campaigns/offers/new")
async def add_offer(visit: Visitor, request: Request, context: Context) -> Response:
    """Keep a new offer."""
    return await _save(visit, context, await sent_form(request), before=None)


@router.get("/campaigns/offers/at/{offer}")
async def edit_offer(offer: str, visit: Visitor, context: Context) -> Response:
    """The form of an offer as it stands."""
    known = _known(context, offer)
    return await _page(visit, context, _fields(known, visit.currency), before=known)


@router.post("/campaigns/offers/at/{offer}")
async def change_offer(offer: str, visit: Visitor, request: Request, context: Context) -> Response:
    """Keep an offer as changed; coupons that are out keep their words."""
    return await _save(visit, context, await sent_form(request), before=_known(context, offer))


def _known(context: ServerContext, offer: str) -> Offer:
    known = context.rooms.live.catalogue.offers.get(OfferId(offer))
    if known is None:
        raise NotFound(f"there is no offer {offer[:40]!r}", code="unknown_offer")
    return known


async def _save(
    visit: Visit, context: ServerContext, sent: Sent, *, before: Offer | None
) -> Response:
    reading = Reading(sent, visit.timezone, visit.currency)
    document = _read(reading, before)
    if reading.errors:
        return await _page(visit, context, sent, before=before, errors=reading.errors)
    taken = context.rooms.live.catalogue.offers
    name = (
        before.id
        if before
        else free_slug(sent.text("name"), lambda text: text in taken, otherwise="offer")
    )
    try:
        await context.write(
            Priority.APP,
            audited,
            entry=entry(visit, Deed.OFFER_SAVED, at=context.system_now(), subject=name),
            act=save_offer,
            offer_id=name,
            document=document,
            by=visit.caller.name,
        )
    except Refusal as refusal:
        return await _page(visit, context, sent, before=before, refusal=refusal)
    return seen_other(HERE)


def _read(reading: Reading, before: Offer | None) -> dict[str, object]:
    sent = reading.sent
    kept: dict[str, object] = {} if before is None else write_offer(before)
    # Those for one channel, and in languages that the form does not show, stay as they are.
    written = kept.get("creatives")
    creatives: dict[str, object] = {
        key: one
        for key, one in (written.items() if isinstance(written, dict) else ())
        if key not in OWN_NAMES
    }
    for language in OWN_NAMES:
        title, body = sent.text(f"title_{language}"), sent.text(f"body_{language}")
        if title or body:
            creatives[language] = {
                "title": reading.text(f"title_{language}", longest=TITLE_LIMIT),
                "body": reading.text(f"body_{language}", longest=BODY_LIMIT),
            }
    if not creatives:
        reading.errors["title_en"] = NEEDED
    creatives |= _other_words(reading)
    money = {name: reading.money(name) for name in ("price", "margin", "value")}
    for name, amount in money.items():
        if amount is None and name not in reading.errors:
            reading.errors[name] = NEEDED
    products = [
        one for one in sent.text("products", longest=2_000).replace(",", " ").split() if one
    ]
    return {
        "effect_mean": EFFECT_MEAN,
        "effect_strength": EFFECT_STRENGTH,
        **kept,
        "name": reading.text("name", longest=80),
        "category": reading.text("category", longest=80),
        "product_ids": products,
        "price_minor": money["price"],
        "margin_minor": money["margin"],
        "face_value_minor": money["value"],
        "creatives": creatives,
        "tags": _tags(reading),
    }


def _tags(reading: Reading) -> list[str]:
    """The tags of the form, each once, in small letters: people do not mean two by a capital."""
    texts = reading.sent.text("tags", longest=1_000).lower().split(",")
    found = sorted({" ".join(one.split()) for one in texts if one.strip()})
    if len(found) > MOST_TAGS or any(len(one) > LONGEST_TAG for one in found):
        reading.errors["tags"] = TAGS_WRONG
    return found


def _other_words(reading: Reading) -> dict[str, object]:
    """The words that only an arm of an experiment says, by language and variant."""
    sent, variant = reading.sent, slug_of(reading.sent.text("variant", longest=32))
    found: dict[str, object] = {}
    for language in OWN_NAMES:
        title, body = f"other_title_{language}", f"other_body_{language}"
        if sent.text(title) or sent.text(body):
            found[f"{language}~{variant}"] = {
                "title": reading.text(title, longest=TITLE_LIMIT),
                "body": reading.text(body, longest=BODY_LIMIT),
            }
    if found and not variant:
        reading.errors["variant"] = NEEDED
    return found


def _fields(offer: Offer, currency: str) -> Sent:
    places = numbers.get_currency_precision(currency)
    amounts = {"price": offer.price_minor, "margin": offer.margin_minor}
    fields = {
        name: f"{amount / 10**places:.{places}f}"
        for name, amount in (amounts | {"value": offer.face_value_minor}).items()
    }
    fields |= {"name": offer.name, "category": offer.category}
    fields["tags"] = ", ".join(sorted(offer.tags))
    fields["products"] = ", ".join(offer.product_ids)
    for language in OWN_NAMES:
        if (creative := offer.creatives.get(language)) is not None:
            fields |= {f"title_{language}": creative.title, f"body_{language}": creative.body}
    variant = next((key.partition("~")[2] for key in sorted(offer.creatives) if "~" in key), "")
    if variant:
        fields["variant"] = variant
    for language in OWN_NAMES:
        if (other := offer.creatives.get(f"{language}~{variant}")) is not None:
            fields |= {f"other_title_{language}": other.title, f"other_body_{language}": other.body}
    return Sent({name: (value,) for name, value in fields.items()})


async def _page(
    visit: Visit,
    context: ServerContext,
    sent: Sent,
    *,
    before: Offer | None = None,
    errors: dict[str, str] | None = None,
    refusal: Refusal | None = None,
) -> Response:
    versions = [] if before is None else await context.read(show_offer_versions, offer_id=before.id)
    numbers = [one.offer.version for one in versions]
    changed = (
        await context.read(
            show_offer_difference, offer_id=before.id, before=numbers[-2], after=numbers[-1]
        )
        if before is not None and len(numbers) > 1
        else []
    )
    return visit.page(
        "offer_edit.html",
        status=refusal.http_status if refusal else 422 if errors else 200,
        before=before,
        versions=list(reversed(versions)),
        changed=changes_of(changed),
        fields=FIELD_TEXTS,
        sent=sent,
        errors=errors or {},
        refusal=refusal,
    )
