"""Calls of the repositories of presence: see `repository_calls.py`."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from store_server.presence.journal import Step
from store_server.presence.quarantine import Refused
from store_server.presence.repository import Progress
from store_server.presence.survey import SurveyLine, SurveyMark
from tests.store_server.offers.builders import NOON

Call = Callable[[Any], object]
LATER = NOON + timedelta(days=9)
ANN: Any = "ann"

PRESENCE_READS: dict[str, Call] = {
    "PresenceRepository.open_visits": lambda r: r.open_visits(),
    "PresenceRepository.known_events": lambda r: r.known_events(["event-ann"]),
    "PresenceRepository.ends_of": lambda r: r.ends_of(["visit-ann"]),
    "PresenceRepository.visits_between": lambda r: r.visits_between(0, 10**15),
    "PresenceRepository.visits_of": lambda r: r.visits_of(ANN),
    "PresenceRepository.visitors_since": lambda r: r.visitors_since(0),
    "PresenceRepository.last_stores": lambda r: r.last_stores(["ann"]),
    "PresenceRepository.ended_since": lambda r: r.ended_since(0),
    "PresenceRepository.zone_events_of": lambda r: r.zone_events_of(ANN),
    "PresenceRepository.progress": lambda r: r.progress(),
    "JournalRepository.steps": lambda r: r.steps(after_seq=0),
    "JournalRepository.last_seq": lambda r: r.last_seq(),
    "JournalRepository.checkpoint": lambda r: r.checkpoint(),
    "JournalRepository.beliefs": lambda r: r.beliefs(7),
    "SurveyRepository.marks": lambda r: r.marks(from_ms=0, until_ms=10**15),
    "SurveyRepository.readings": lambda r: r.readings(),
    "SurveyRepository.points": lambda r: r.points(),
    "SurveyRepository.stamp": lambda r: r.stamp(),
    "SurveyRepository.heard_since": lambda r: r.heard_since("identity-ann", from_ms=0),
    "IntakeRepository.spool": lambda r: r.spool("gateway-ann", "spool-ann"),
    "IntakeRepository.spools": lambda r: r.spools(),
    "IntakeRepository.clocks": lambda r: r.clocks(),
    "IntakeRepository.health_of": lambda r: r.health_of("gateway-ann", limit=9),
    "IntakeRepository.quarantined": lambda r: r.quarantined(),
}

PRESENCE_WRITES: dict[str, Call] = {
    "PresenceRepository.add_zone_events": lambda r: r.add_zone_events(
        [(r.zone_events_of(ANN)[0]._replace(id="new"), None)]
    ),
    "PresenceRepository.save_visits": lambda r: r.save_visits(
        [replace(r.visits_of(ANN)[0], ended_at=LATER)]
    ),
    "PresenceRepository.absorb_visit": lambda r: r.absorb_visit(
        r.visits_of(ANN)[0].id, into="new", shopper=ANN
    ),
    "PresenceRepository.save_progress": lambda r: r.save_progress(Progress(9, {})),
    "PresenceRepository.forget": lambda r: r.forget(ANN),
    "JournalRepository.add_step": lambda r: r.add_step(
        10**9, Step((), (), (), False, 9), written_at_ms=9
    ),
    "JournalRepository.save_checkpoint": lambda r: r.save_checkpoint(
        r.checkpoint()._replace(seq=10**9)
    ),
    "JournalRepository.add_beliefs": lambda r: r.add_beliefs(7, {"ann": b"new"}),
    "JournalRepository.strike": lambda r: r.strike("ann"),
    "SurveyRepository.add_mark": lambda r: r.add_mark(SurveyMark("identity-ann", 1, 2)),
    "SurveyRepository.add_readings": lambda r: r.add_readings(
        [SurveyLine(9.0, "gateway-ann", "identity-ann", -60.0, zone="hall")]
    ),
    "SurveyRepository.clear": lambda r: r.clear(),
    "IntakeRepository.save_spool": lambda r: r.save_spool(
        "gateway-ann", r.spool("gateway-ann", "spool-ann").with_duplicate(), taken_at_ms=9
    ),
    "IntakeRepository.note_app_readings": lambda r: r.note_app_readings([], keep_ms=10**15),
    "IntakeRepository.add_health": lambda r: r.add_health(
        "gateway-ann", b"{}", at_ms=10**15, keep_ms=10**15
    ),
    "IntakeRepository.quarantine": lambda r: r.quarantine(
        Refused("t", "s", 1, "new"), at_ms=1, kept=1
    ),
}
