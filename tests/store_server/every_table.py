"""One believable row in every table there is, so that a test can ask what reaches which of them.

`fill(session, scope, who=..., mark=...)`: `who` names the keys (shopper "ann", basket
"basket-ann", ...), the same in every scope; `mark` stands in everything that is not a key, so
that rows of two scopes with the same keys can be told apart.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Boolean, Column, Float, Integer, LargeBinary, Table, insert, select
from sqlmodel import Session

from proximity_wire.messages import GatewayConfig, encode
from store_server import schema
from store_server.clock import to_ms
from store_server.ids import Scope
from store_server.offers.campaign_document import write_campaign
from store_server.offers.document import write_offer
from store_server.offers.experiment_document import write_experiment
from store_server.offers.step import Awaited, AwaitedKind, Step
from store_server.offers.step_document import write_step
from store_server.presence import journal
from store_server.presence.journal_codec import step_payload
from store_server.reports.meter import write_calibration
from store_server.shop.plan_document import write_plan
from store_server.shoppers.key_vault import KeyVault
from tests.store_server.offers.builders import NOON, a_campaign, an_experiment, an_offer
from tests.store_server.report_calls import A_CALIBRATION, A_SHAPE
from tests.store_server.shop.builders import a_plan, a_store

VAULT = KeyVault(b"k" * 32)
Row = dict[str, object]

_SAME_EVERYWHERE: dict[str, object] = {
    "api_key.scopes": "till",
    "app_install.platform": "ios",
    "attribute.choices": "[]",
    "attribute.labels": "{}",
    "attribute.type": "text",
    "audit_entry.deed": "shopper_looked_at",
    "basket.lines": "[]",
    "campaign_version.version": 1,
    "campaign_occurrence.state": "deciding",
    "scheduled_ask.waits": True,
    "campaign_event.action": "pause",
    "campaign_event.state_before": "live",
    "campaign_event.state_after": "paused",
    "basket_return.lines": "[[0, 1, 100, null]]",
    "campaign_budget.issues": 1_000,
    "campaign_budget.reserved_minor": 1_000,
    "campaign_budget.spent_minor": 1_000,
    "campaign_budget.out": 1_000,
    "shared_budget.kind": "offer",
    "console_session.csrf_token": "csrf",
    "console_user.disabled_at_ms": None,
    "console_user.language": "en",
    "console_user.role": "admin",
    "complaint.closed_at_ms": None,
    "consent.purpose": "offers",
    "coupon.reserved_by": None,
    "coupon.reserved_until_ms": None,
    "coupon.state": "issued",
    "coupon_pool.issued": 1_000,
    "decision.arm": "offer",
    "decision.candidates": "[]",
    "decision.campaign_version": 1,
    "decision.outcome": "offered",
    "decision.channel": "push",
    "decision.pick": "best",
    "decision.reasons": "[]",
    "decision.refused": "[]",
    "decision.trigger_kind": "zone_dwell",
    "delivery.reason": None,
    "delivery.state": "queued",
    "enrolment_code.used_at_ms": None,
    "event_kind.amount_field": None,
    "event_kind.fields": "[]",
    "event_kind.item_field": None,
    "event_kind.purpose": "profile",
    "foreign_count.adverts": "{}",
    "gateway_spool.ahead": "[]",
    "gateway_spool.refused": "[]",
    "gateway_spool.clock": "[[[1,0.5]],9,null]",
    "identity.exponent": 10,
    "identity.identity": None,
    "identity.kind": "eid",
    "journey_wait.state": "waiting",
    "journey_wait.ended_by": None,
    "journey_wait.awaited": "zone_enter",
    "journey_wait.purposes": "offers",
    "journey_wait.trigger_kind": "zone_dwell",
    "staff_task.state": "open",
    "staff_task.result": None,
    "kill_switch.note": "wrong price",
    "login_link.used_at_ms": None,
    "meter_calibration.shape": A_SHAPE.key,
    "notification.channel": "webhook",
    "notification.kind": "offer",
    "notification.opened_at_ms": None,
    "api_key.revoked_at_ms": None,
    "presence_checkpoint.pending": b"\x90",  # msgpack: nothing waits
    "presence_checkpoint.late": b"\x90",
    "presence_belief.seq": 7,
    "presence_journal.seq": 7,
    "presence_journal.step": step_payload(journal.Step((), (), (), False, 9)),
    "printed_code.placement": "qr",
    "product_stock.units": 0,
    "redemption.reversed_at_ms": None,
    "redemption.shares": "[]",
    "segment.tree": '{"kind": "everyone"}',
    "shopper_attribute.date_value": None,
    "shopper_attribute.number_value": None,
    "shopper_attribute.flag_value": None,
    "shopper_event.said": "{}",
    "shopper_merge.split_at_ms": None,
    "shopper_merge.undo": "{}",
    "shopper_contact.channel": "email",
    "shopper_contact.state": "usable",
    "channel_consent.channel": "email",
    "decision.channels": "[]",
    "webhook_endpoint.payload": "full",
    "shopper_profile.channels": "[]",
    "shopper_profile.excluded": "[]",
    "shopper_profile.stage": "loyal",
    "visit.ended_at_ms": None,
    "webhook_endpoint.concurrency": 8,
    "webhook_endpoint.rate_per_s": 100.0,
    "webhook_endpoint.reason": None,
    "webhook_endpoint.sealed_previous_secret": None,
    "webhook_endpoint.state": "active",
    "zone_event.kind": "enter",
    "zone_event.reason": None,
}
ONE_PER_STORE = (
    "store",
    "kill_switch",
    "presence_progress",
    "presence_checkpoint",
    "presence_journal",
    "meter_calibration",
)
_NAMES_OF_IDS = {"webhook_endpoint": "endpoint"}


def tables() -> list[Table]:
    """Every table, by name."""
    return [table for _, table in sorted(schema.metadata().tables.items())]


def tables_of_shoppers() -> list[Table]:
    """Those with a column that names a shopper."""
    return [table for table in tables() if "shopper" in table.columns]


def fill(session: Session, scope: Scope, *, who: str = "ann", mark: int = 0) -> None:
    """A row of `who` in every table, of this organisation and store."""
    for table in tables():
        row = believable(table, scope, who=who, mark=mark)
        if "store" not in table.c and _there(session, table, row):
            continue
        if table.name in ONE_PER_STORE and _there(session, table, row):
            continue
        session.connection().execute(insert(table), [row])


def believable(table: Table, scope: Scope, *, who: str = "ann", mark: int = 0) -> Row:
    """A row of `who` for a table, also for one as an earlier version had it."""
    given = {
        **_SAME_EVERYWHERE,
        **_documents(scope, who, mark),
        "org": scope.org,
        "store": scope.store,
        "shopper": who,
    }
    return {one.name: _value(table.name, one, given, who=who, mark=mark) for one in table.c}


def rows(session: Session, table: Table) -> list[Row]:
    """Every row of a table, in an order of its own."""
    found = session.connection().execute(select(table)).mappings()
    return sorted((dict(row) for row in found), key=repr)


def everything(session: Session) -> Iterator[tuple[str, Row]]:
    """(table, row) of all there is."""
    for table in tables():
        yield from ((table.name, row) for row in rows(session, table))


def _there(session: Session, table: Table, row: Row) -> bool:
    key = [column == row[column.name] for column in table.primary_key]
    return session.connection().execute(select(table).where(*key)).first() is not None


def _value(
    table: str, column: "Column[object]", given: Mapping[str, object], *, who: str, mark: int
) -> object:
    for name in (f"{table}.{column.name}", column.name):
        if name in given:
            return given[name]
    match column.type:
        case Boolean():
            return True
        case Float():
            return 0.5
        case LargeBinary():
            return bytes([mark])
        case Integer():
            return _number(column, mark)
    return _text(table, column, who, mark)


def _text(table: str, column: "Column[object]", who: str, mark: int) -> str:
    if column.name == "id":
        return f"{_NAMES_OF_IDS.get(table, table)}-{who}"
    name = column.name.removesuffix("_id")
    free = name in (
        "language",
        "label",
        "till",
        "text",
        "text_version",
        "title",
        "url",
        "user_name",
    )
    return f"{name}-{who}-{mark}" if free and not column.primary_key else f"{name}-{who}"


def _number(column: "Column[object]", mark: int) -> int:
    if column.name.endswith("_at_ms") or column.name == "at_ms":
        return to_ms(NOON) + (0 if column.primary_key else mark)
    return 0 if column.primary_key else 100 + mark


def _documents(scope: Scope, who: str, mark: int) -> dict[str, object]:
    store = replace(a_store(), org=scope.org, store=scope.store)
    plan = replace(a_plan(), store=scope.store)
    offer = an_offer(f"offer-{who}", margin_minor=100 + mark)
    campaign = a_campaign(f"campaign-{who}", offers=[f"offer-{who}"], cap_per_day=1 + mark)
    experiment = an_experiment(
        f"experiment-{who}", campaigns=[f"campaign-{who}"], smallest_effect_bp=1 + mark
    )
    context = f"identity/{scope.org}/{who}/identity-{who}"
    mailbox = VAULT.seal(b"ann%d@x.example" % mark, context=f"contact/{scope.org}/{who}/email")
    config = GatewayConfig(org="acme", store="demo", gateway=f"gateway-{who}", version=1 + mark)
    return {
        "gateway_config.document": encode(config).decode(),
        "meter_calibration.document": write_calibration(replace(A_CALIBRATION, campaigns=mark)),
        "store.document": json.dumps(write_plan(store, plan)),
        "offer.document": json.dumps(write_offer(offer)),
        "offer_version.document": json.dumps(write_offer(offer)),
        "campaign.document": json.dumps(write_campaign(campaign)),
        "decision.variants": json.dumps([[f"experiment-{who}", "bold"]]),
        "experiment_unit.unit": f"h:household-{who}",
        "experiment.document": json.dumps(write_experiment(experiment)),
        "campaign_version.document": json.dumps(write_campaign(campaign)),
        "identity.sealed_key": VAULT.seal(bytes([mark]) * 16, context=context),
        "shopper_contact.sealed_address": mailbox,
        "basket.answer": json.dumps({"basket_id": who, "coupons": [], "total_minor": mark}),
        "notification.body": json.dumps({"body": mark}),
        "gateway_health.health": json.dumps({"mark": mark}),
        # One ask in the whole organisation: each store has another occurrence.
        "scheduled_ask.occurrence": f"occurrence-{scope.store}",
        # Nor does a shopper wait twice in one campaign.
        "journey_wait.campaign": f"campaign-{scope.store}",
        "journey_wait.step": json.dumps(
            write_step(Step(Awaited(AwaitedKind.ZONE_ENTER), 100 + mark))
        ),
        "presence_progress.counts": json.dumps({"mark": mark}),
        "visit.zones": json.dumps([["bakery", to_ms(NOON) + mark, None]]),
    }
