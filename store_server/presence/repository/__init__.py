"""Presence in the database: what it concluded, what came in, and what a restart needs."""

from store_server.presence.repository.conclusions import PresenceRepository, Progress
from store_server.presence.repository.happenings import HappeningRepository
from store_server.presence.repository.intake import IntakeRepository
from store_server.presence.repository.journal import JournalRepository
from store_server.presence.repository.survey import SurveyRepository

__all__ = [
    "HappeningRepository",
    "IntakeRepository",
    "JournalRepository",
    "PresenceRepository",
    "Progress",
    "SurveyRepository",
]
