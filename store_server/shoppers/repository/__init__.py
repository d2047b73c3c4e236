"""Shoppers in the database: who they are, what they carry, what they agreed to."""

from store_server.shoppers.repository.consents import ConsentRepository
from store_server.shoppers.repository.identities import IdentityRepository
from store_server.shoppers.repository.profile_parts import ProfilePartRepository
from store_server.shoppers.repository.shoppers import ShopperRepository

__all__ = ["ConsentRepository", "IdentityRepository", "ProfilePartRepository", "ShopperRepository"]
