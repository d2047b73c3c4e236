"""Offers, campaigns and budgets of an organisation in the database."""

from store_server.offers.repository.budgets import BudgetRepository
from store_server.offers.repository.campaign_records import CampaignRecordRepository
from store_server.offers.repository.catalogue_rows import OfferRepository
from store_server.offers.repository.offer_versions import OfferVersionRepository
from store_server.offers.repository.printed_codes import PrintedCodeRepository
from store_server.offers.repository.schedules import ScheduleRepository
from store_server.offers.repository.waits import WaitRepository

__all__ = [
    "BudgetRepository",
    "CampaignRecordRepository",
    "OfferRepository",
    "OfferVersionRepository",
    "PrintedCodeRepository",
    "ScheduleRepository",
    "WaitRepository",
]
