"""Calls of the shop's repositories: plan, products, who may come in, and what they did."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from proximity_wire.messages import GatewayConfig
from store_server.ids import ShopperId
from store_server.shop.access import ApiKey, ConsoleSession
from store_server.shop.audit import AuditEntry, Deed
from store_server.shop.console_user import ConsoleUser
from store_server.shop.roles import Role
from tests.store_server.offers.builders import NOON
from tests.store_server.redemptions.builders import BREAD
from tests.store_server.shop.builders import a_plan, a_store

Call = Callable[[Any], object]
EVER, LATER = datetime(2020, 1, 1, tzinfo=UTC), NOON + timedelta(days=9)
ANN = ShopperId("ann")
USER = "user_name-ann"

SHOP_READS: dict[str, Call] = {
    "PlanRepository.load": lambda r: r.load(),
    "PlanRepository.stores": lambda r: r.stores(),
    "GatewayConfigRepository.newest": lambda r: r.newest(),
    "ProductRepository.by_id": lambda r: r.by_id(["product-ann"]),
    "ProductRepository.categories": lambda r: r.categories(),
    "AccessRepository.key": lambda r: r.key("token_hash-ann"),
    "AccessRepository.shopper_token": lambda r: r.shopper_token("token_hash-ann"),
    "AccessRepository.shoppers_of": lambda r: r.shoppers_of(["token_hash-ann"]),
    "AccessRepository.password_hash": lambda r: r.password_hash("user_name-ann"),
    "AccessRepository.session": lambda r: r.session("token_hash-ann"),
    "DraftRepository.find": lambda r: r.find("kind-ann"),
    "ConsoleUserRepository.all": lambda r: r.all(),
    "ConsoleUserRepository.find": lambda r: r.find(USER),
    "ApiKeyRepository.all": lambda r: r.all(),
    "AuditRepository.find": lambda r: r.find("audit_entry-ann"),
    "AuditRepository.page": lambda r: r.page(limit=9),
    "AuditRepository.of_shopper": lambda r: r.of_shopper(ANN),
}
SHOP_WRITES: dict[str, Call] = {
    "PlanRepository.save": lambda r: r.save(replace(a_store(), name="New"), a_plan()),
    "GatewayConfigRepository.save": lambda r: r.save(
        GatewayConfig(org="acme", store="demo", gateway="gateway-ann", version=9), at=NOON
    ),
    "ProductRepository.save": lambda r: r.save([replace(BREAD, id="product-ann")]),
    "AccessRepository.add_key": lambda r: r.add_key(ApiKey("k", "h", frozenset({"till"}), NOON)),
    "AccessRepository.add_shopper_token": lambda r: r.add_shopper_token(
        "new", shopper="ann", expires_at=LATER
    ),
    "AccessRepository.forget_shopper": lambda r: r.forget_shopper(ANN),
    "AccessRepository.save_user": lambda r: r.save_user(
        "user_name-ann", password_hash="new", created_at=NOON
    ),
    "AccessRepository.add_session": lambda r: r.add_session(
        "new", ConsoleSession("ann", "csrf", LATER)
    ),
    "AccessRepository.end_session": lambda r: r.end_session("token_hash-ann"),
    "AccessRepository.add_login_link": lambda r: r.add_login_link(
        "new", user_name="ann", expires_at=LATER
    ),
    "AccessRepository.use_login_link": lambda r: r.use_login_link("token_hash-ann", at=EVER),
    "DraftRepository.keep": lambda r: r.keep("kind-ann", "{}", by="eva", at=NOON),
    "DraftRepository.drop": lambda r: r.drop("kind-ann"),
    "ConsoleUserRepository.add": lambda r: r.add(ConsoleUser("new", Role.ANALYST, NOON)),
    "ConsoleUserRepository.change": lambda r: r.change(ConsoleUser(USER, Role.ANALYST, NOON)),
    "ConsoleUserRepository.end_sessions": lambda r: r.end_sessions(f"{USER}-0"),
    "ApiKeyRepository.revoke": lambda r: r.revoke("name-ann", at=NOON),
    "ApiKeyRepository.note_use": lambda r: r.note_use({"token_hash-ann": LATER}),
    "AuditRepository.add": lambda r: r.add(AuditEntry("new", NOON, "ann", Deed.KEY_MADE)),
    "AuditRepository.forget": lambda r: r.forget(ANN),
}
