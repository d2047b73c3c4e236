"""The shop's rows: floor plan, configurations, products, and who may come in."""

from store_server.shop.repository.access import AccessRepository
from store_server.shop.repository.gateway_configs import GatewayConfigRepository
from store_server.shop.repository.plans import PlanRepository
from store_server.shop.repository.products import ProductRepository

__all__ = ["AccessRepository", "GatewayConfigRepository", "PlanRepository", "ProductRepository"]
