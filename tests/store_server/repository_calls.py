"""A call of every public method of every repository, with the keys that `every_table` fills in."""

import importlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session

from store_server.ids import Scope
from store_server.learning.offer_effect import Evidence
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.offers.budget import NO_LIMIT
from store_server.offers.campaign import CampaignState
from store_server.offers.campaign_record import CampaignVersion
from store_server.offers.offer_version import OfferVersion
from store_server.offers.printed_code import PrintedCode
from store_server.offers.repository.taken import Taken
from tests.store_server.contact_calls import CONTACT_READS, CONTACT_WRITES
from tests.store_server.decision_calls import DECISION_READS, DECISION_WRITES
from tests.store_server.every_table import VAULT
from tests.store_server.fleet_calls import FLEET_READS, FLEET_WRITES
from tests.store_server.offers.builders import NOON, a_campaign, an_experiment, an_offer
from tests.store_server.outbox_calls import OUTBOX_READS, OUTBOX_WRITES
from tests.store_server.presence_calls import PRESENCE_READS, PRESENCE_WRITES
from tests.store_server.profile_calls import PROFILE_READS, PROFILE_WRITES, SHOPPERS
from tests.store_server.report_calls import REPORT_READS, REPORT_WRITES, REPORTS
from tests.store_server.schedule_calls import SCHEDULE_READS, SCHEDULE_WRITES
from tests.store_server.shop_calls import SHOP_READS, SHOP_WRITES
from tests.store_server.shopper_calls import SHOPPER_READS, SHOPPER_WRITES
from tests.store_server.till_calls import REDEMPTIONS, TILL_READS, TILL_WRITES
from tests.store_server.wait_calls import WAIT_READS, WAIT_SPANNING, WAIT_WRITES

Call = Callable[[Any], object]
EVER, LATER = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=9)
ANN: Any = "ann"
_ROOMS = {
    "shop": (
        "Plan",
        "GatewayConfig",
        "Product",
        "Stock",
        "Access",
        "ConsoleUser",
        "ApiKey",
        "Audit",
        "Draft",
    ),
    "fleet": ("Admission", "Hearing", "Finding", "ForeignCount"),
    "shoppers": SHOPPERS,
    "presence": ("Presence", "Happening", "Intake", "Journal", "Survey"),
    "offers": (
        "Offer",
        "OfferVersion",
        "Budget",
        "CampaignRecord",
        "Schedule",
        "Wait",
        "PrintedCode",
    ),
    "learning": ("Purchase", "OfferEffect"),
    "decisions": (
        "Decision",
        "ExperimentUnit",
        "Ground",
        "Switch",
        "Dismissal",
        "Pool",
        "Lesson",
        "VisitName",
        "PutForward",
        "PullAnswer",
    ),
    "outbox": ("Outbox", "Endpoint", "Notification", "Replay", "StaffTask"),
    "redemptions": REDEMPTIONS,
    "reports": REPORTS,
}
_SEALING = ("IdentityRepository", "ContactRepository")
_ROOM_OF = {f"{name}Repository": room for room, names in _ROOMS.items() for name in names}


def opened(call: str, session: Session, scope: Scope) -> Any:
    """The repository that a call is for."""
    kind = call.split(".", maxsplit=1)[0]
    made = getattr(importlib.import_module(f"store_server.{_ROOM_OF[kind]}.repository"), kind)
    return made(session, scope, VAULT) if kind in _SEALING else made(session, scope)


READS: dict[str, Call] = {
    **OUTBOX_READS,
    **SHOP_READS,
    **PRESENCE_READS,
    **FLEET_READS,
    **SCHEDULE_READS,
    **WAIT_READS,
    **DECISION_READS,
    **SHOPPER_READS,
    **PROFILE_READS,
    **CONTACT_READS,
    **REPORT_READS,
    "OfferRepository.load_catalogue": lambda r: repr(r.load_catalogue()),
    "OfferRepository.campaign": lambda r: repr(r.campaign("campaign-ann")),
    "OfferRepository.experiment": lambda r: repr(r.experiment("experiment-ann")),
    "OfferRepository.offer": lambda r: repr(r.offer("offer-ann")),
    "OfferVersionRepository.versions": lambda r: repr(r.versions("offer-ann")),
    "OfferVersionRepository.of_all": lambda r: repr(r.of_all(["offer-ann"])),
    "OfferRepository.stamp": lambda r: r.stamp(),
    "CampaignRecordRepository.versions": lambda r: repr(r.versions("campaign-ann")),
    "CampaignRecordRepository.live_since": lambda r: (
        r.log(replace(r.events("campaign-ann")[0], state_after=CampaignState.LIVE)),
        r.live_since("campaign-ann"),
    )[1:],
    "CampaignRecordRepository.events": lambda r: r.events("campaign-ann"),
    "PrintedCodeRepository.all": lambda r: r.all(),
    "PrintedCodeRepository.of": lambda r: r.of(["code-ann"]),
    "BudgetRepository.shared_use": lambda r: r.shared_use(),
    "BudgetRepository.use_of": lambda r: r.use_of(["campaign-ann"]),
    "PurchaseRepository.load_baskets": lambda r: r.load_baskets(),
    "PurchaseRepository.of_shopper": lambda r: r.of_shopper(ANN),
    "PurchaseRepository.count": lambda r: r.count(),
    **TILL_READS,
}

# What reaches every store of the organisation on purpose: caps and tokens of a shopper, erasure,
# a no.
SPANNING = {
    "AccessRepository.shopper_token",
    "AccessRepository.shoppers_of",
    "PlanRepository.stores",
    "DecisionRepository.shown",
    "ReceiptRepository.before",
    "ExposureRepository.of",
    "DismissalRepository.last",
    "CouponRepository.out_with",
    "PresenceRepository.last_stores",
    "ScheduleRepository.forget",
    *WAIT_SPANNING,
    "NotificationRepository.suppress_waiting",
    *(f"{kind}Repository.forget" for kind in ("Audit", "Presence", "Decision", "Dismissal")),
    "NotificationRepository.forget",
    *(f"{kind}Repository.forget" for kind in ("Coupon", "Basket")),
}


WRITES: dict[str, Call] = {
    **OUTBOX_WRITES,
    **SHOP_WRITES,
    **PRESENCE_WRITES,
    **FLEET_WRITES,
    **SCHEDULE_WRITES,
    **WAIT_WRITES,
    **DECISION_WRITES,
    **SHOPPER_WRITES,
    **PROFILE_WRITES,
    **CONTACT_WRITES,
    **REPORT_WRITES,
    "OfferRepository.save_offers": lambda r: r.save_offers([an_offer("offer-ann")]),
    "OfferRepository.save_experiment": lambda r: r.save_experiment(an_experiment("new")),
    "OfferRepository.save_campaigns": lambda r: r.save_campaigns([a_campaign("campaign-ann")]),
    "OfferVersionRepository.add": lambda r: r.add(
        OfferVersion(replace(an_offer("offer-ann"), version=7), "ops", NOON)
    ),
    "CampaignRecordRepository.add_version": lambda r: r.add_version(
        CampaignVersion(replace(a_campaign("campaign-ann"), version=7), "ops", NOON)
    ),
    "CampaignRecordRepository.approve": lambda r: r.approve(
        replace(r.versions("campaign-ann")[0], approved_by="eve", approved_at=LATER)
    ),
    "CampaignRecordRepository.log": lambda r: r.log(
        replace(r.events("campaign-ann")[0], action="resume")
    ),
    "PrintedCodeRepository.save": lambda r: r.save(PrintedCode("code-ann")),
    "PrintedCodeRepository.remove": lambda r: r.remove("code-ann"),
    "BudgetRepository.take_all": lambda r: r.take_all([Taken(a_campaign("campaign-ann"), 1, 1, 1)]),
    "BudgetRepository.hold": lambda r: r.hold([a_campaign("campaign-new")], [], NO_LIMIT),
    "BudgetRepository.take": lambda r: r.take(a_campaign("campaign-ann"), face_value_minor=1),
    "BudgetRepository.reserve": lambda r: r.reserve(a_campaign("campaign-ann"), face_value_minor=1),
    "BudgetRepository.spend": lambda r: r.spend(
        "campaign-ann", face_value_minor=1, discount_minor=1
    ),
    "BudgetRepository.spend_late": lambda r: r.spend_late("campaign-ann", discount_minor=1),
    "BudgetRepository.give_back": lambda r: r.give_back("campaign-ann", discount_minor=1),
    "BudgetRepository.release": lambda r: r.release("campaign-ann", face_value_minor=1),
    "PurchaseRepository.add": lambda r: r.add(
        [Purchase("new", ANN, NOON, (PurchaseLine("p", None, 1, 1),))]
    ),
    "PurchaseRepository.forget": lambda r: r.forget(ANN),
    "OfferEffectRepository.add": lambda r: r.add(
        "offer-ann", "segment-ann", evidence=Evidence(shown=1)
    ),
    "OfferEffectRepository.forget": lambda r: r.forget("offer-ann"),
    **TILL_WRITES,
}
