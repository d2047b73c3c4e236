"""Shoppers in the database: who they are, carry, agreed to and are like; segments of them."""

from store_server.shoppers.repository.attributes import AttributeRepository
from store_server.shoppers.repository.consents import ConsentRepository
from store_server.shoppers.repository.contacts import ContactRepository
from store_server.shoppers.repository.events import ComplaintRepository, ShopperEventRepository
from store_server.shoppers.repository.identities import IdentityRepository
from store_server.shoppers.repository.imports import ImportRepository
from store_server.shoppers.repository.merges import MergeRepository
from store_server.shoppers.repository.profile_parts import ProfilePartRepository
from store_server.shoppers.repository.profiles import ProfileRepository
from store_server.shoppers.repository.segment_relation import FactSources
from store_server.shoppers.repository.segments import FactsOf, Population, Reach, SegmentRepository
from store_server.shoppers.repository.shoppers import ShopperRepository

__all__ = [
    "AttributeRepository",
    "ComplaintRepository",
    "ConsentRepository",
    "ContactRepository",
    "FactSources",
    "FactsOf",
    "IdentityRepository",
    "ImportRepository",
    "MergeRepository",
    "Population",
    "ProfilePartRepository",
    "ProfileRepository",
    "Reach",
    "SegmentRepository",
    "ShopperEventRepository",
    "ShopperRepository",
]
