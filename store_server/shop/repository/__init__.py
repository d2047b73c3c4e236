"""The shop's rows: plan, configurations, products, stock, who may come in and what they did."""

from store_server.shop.repository.access import AccessRepository
from store_server.shop.repository.api_keys import ApiKeyRepository
from store_server.shop.repository.audit import AuditRepository
from store_server.shop.repository.drafts import DraftRepository
from store_server.shop.repository.gateway_configs import GatewayConfigRepository
from store_server.shop.repository.plans import PlanRepository
from store_server.shop.repository.products import ProductRepository
from store_server.shop.repository.stock import StockRepository
from store_server.shop.repository.users import ConsoleUserRepository

__all__ = [
    "AccessRepository",
    "ApiKeyRepository",
    "AuditRepository",
    "ConsoleUserRepository",
    "DraftRepository",
    "GatewayConfigRepository",
    "PlanRepository",
    "ProductRepository",
    "StockRepository",
]
