"""The fleet in the database: who was let in, what is heard of fixed beacons, what is wrong."""

from store_server.fleet.repository.admission import AdmissionRepository
from store_server.fleet.repository.foreign_counts import ForeignCountRepository
from store_server.fleet.repository.hearings import FindingRepository, HearingRepository

__all__ = [
    "AdmissionRepository",
    "FindingRepository",
    "ForeignCountRepository",
    "HearingRepository",
]
