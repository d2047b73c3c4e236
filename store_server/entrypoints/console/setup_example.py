"""What the demo puts into a new store: an offer in three languages and a campaign that is a draft.

They are the store's own from then on: she may change them, launch them or leave them.
"""

from datetime import timedelta

from babel import numbers

from store_server.entrypoints.console.deed import entry
from store_server.entrypoints.console.visit import Visit
from store_server.entrypoints.context import ServerContext
from store_server.flows.audited import audited
from store_server.flows.save_campaign import save_campaign
from store_server.flows.save_offer import save_offer
from store_server.shop.audit import Deed
from store_server.writer import Priority

OFFER, CAMPAIGN = "example-bread", "example-bakery"
RUNS = timedelta(days=28)


async def keep_example(visit: Visit, context: ServerContext) -> None:
    """Put the example into the catalogue; twice is once."""
    at = context.system_now()
    await context.write(
        Priority.APP,
        audited,
        entry=entry(visit, Deed.OFFER_SAVED, at=at, subject=OFFER),
        act=save_offer,
        offer_id=OFFER,
        document=_offer(visit.currency),
        by=visit.caller.name,
    )
    until = context.rooms.now(context.rooms.live) + RUNS
    await context.write(
        Priority.APP,
        audited,
        entry=entry(visit, Deed.CAMPAIGN_SAVED, at=at, subject=CAMPAIGN),
        act=save_campaign,
        campaign_id=CAMPAIGN,
        document=_campaign(until.isoformat()),
        by=visit.caller.name,
    )


def _offer(currency: str) -> dict[str, object]:
    unit = 10 ** numbers.get_currency_precision(currency)
    return {
        "name": "Sourdough bread",
        "category": "BREAD",
        "product_ids": [],
        "price_minor": 3 * unit,
        "margin_minor": 3 * unit // 2,
        "face_value_minor": unit // 2 or 1,
        "effect_mean": 0.2,
        "effect_strength": 20.0,
        "creatives": {
            "en": {"title": "Warm bread", "body": "{value} off sourdough, here in {zone}"},
            "es": {"title": "Pan caliente", "body": "{value} menos en pan, aquí en {zone}"},
            "ru": {"title": "Тёплый хлеб", "body": "Хлеб дешевле на {value}: {zone}"},
        },
    }


def _campaign(until: str) -> dict[str, object]:
    return {
        "name": "Fresh bread (an example)",
        "offers": [OFFER],
        "trigger": {"kind": "zone_dwell", "zone": "bakery", "dwell_s": 20},
        "ends_at": until,
        "holdout_bp": 1_000,
        "goal": "purchases",
        "smallest_effect_bp": 300,
        "budget_issues": 500,
    }
