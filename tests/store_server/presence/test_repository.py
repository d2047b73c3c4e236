"""What is kept of presence, on both engines of the database; nothing leaks between stores."""

from dataclasses import replace

from store_server.database import UnitOfWork
from store_server.ids import scope
from store_server.presence.batch_ledger import BatchLedger
from store_server.presence.quarantine import refuse
from store_server.presence.repository import IntakeRepository, PresenceRepository, Progress
from store_server.presence.spool_progress import SpoolProgress
from store_server.presence.visit import Visit, VisitBook
from tests.store_server.presence.builders import SCOPE, SPOOL, T0_MS, an_engine, at_s, staying, told
from tests.store_server.presence.test_visit import RULES, enter, leave

Uow = UnitOfWork[None]
OTHER_STORE = scope("acme", "other")


def a_visit() -> Visit:
    visit = VisitBook().take([enter(0), leave(10), enter(20)], rules=RULES).book.of("s-1")
    assert visit is not None
    return visit


def test_an_open_visit_comes_back_as_it_was(uow: Uow) -> None:
    repository, visit = PresenceRepository(uow.session, SCOPE), a_visit()

    repository.save_visits([visit])

    assert repository.open_visits() == [visit]
    assert repository.visits_of("s-1") == [visit]


def test_an_ended_visit_is_open_no_more(uow: Uow) -> None:
    repository, visit = PresenceRepository(uow.session, SCOPE), a_visit()
    repository.save_visits([visit])

    repository.save_visits([replace(visit, ended_at=at_s(50))])

    assert repository.open_visits() == []
    assert [one.shopper for one in repository.ended_since(T0_MS)] == ["s-1"]
    assert repository.ended_since(T0_MS + 50_001) == []


def test_a_replayed_zone_event_is_kept_once(uow: Uow) -> None:
    repository = PresenceRepository(uow.session, SCOPE)
    events = [(event, "visit") for event in told(an_engine(), staying(0, 40), until_s=100)]

    first, again = repository.add_zone_events(events), repository.add_zone_events(events)

    assert (first, again) == (3, 0)
    assert repository.zone_events_of("s-1") == [event for event, _ in events]


def test_another_store_sees_nothing(uow: Uow) -> None:
    PresenceRepository(uow.session, SCOPE).save_visits([a_visit()])
    PresenceRepository(uow.session, SCOPE).save_progress(Progress(5, {"visits": 1}))
    spool = SpoolProgress(BatchLedger(SPOOL).take(1), applied=1)
    IntakeRepository(uow.session, SCOPE).save_spool("gw-1", spool, taken_at_ms=1)

    other, intake = (
        kind(uow.session, OTHER_STORE) for kind in (PresenceRepository, IntakeRepository)
    )

    assert isinstance(other, PresenceRepository)
    assert isinstance(intake, IntakeRepository)
    assert (other.open_visits(), other.progress(), intake.spools()) == ([], None, [])


def test_forgetting_reaches_every_store_of_the_organisation(uow: Uow) -> None:
    here, there = (PresenceRepository(uow.session, one) for one in (SCOPE, OTHER_STORE))
    here.save_visits([a_visit()])
    there.save_visits([replace(a_visit(), id="elsewhere")])

    assert here.forget("s-1") == 2
    assert there.visits_of("s-1") == []


def test_progress_is_overwritten(uow: Uow) -> None:
    repository = PresenceRepository(uow.session, SCOPE)

    repository.save_progress(Progress(1, {"sightings": 1}))
    repository.save_progress(Progress(2, {"sightings": 5, "visits": 1}))

    assert repository.progress() == Progress(2, {"sightings": 5, "visits": 1})


def test_a_spool_comes_back_with_gaps_and_counts(uow: Uow) -> None:
    intake = IntakeRepository(uow.session, SCOPE)
    ledger = BatchLedger(SPOOL).take(1).take(5, lost=[(2, 2)]).refuse(7)
    spool = SpoolProgress(ledger, applied=2, duplicates=3, quarantined=1)
    intake.save_spool("gw-1", SpoolProgress(BatchLedger(SPOOL)), taken_at_ms=1)

    intake.save_spool("gw-1", spool, taken_at_ms=2)

    assert intake.spool("gw-1", SPOOL) == spool
    assert intake.spool("gw-2", SPOOL) is None


def test_a_reading_is_noted_once_and_let_go(uow: Uow) -> None:
    intake = IntakeRepository(uow.session, SCOPE)
    readings = [("s-1", "b", 1_000), ("s-1", "b", 2_000), ("s-1", "b", 1_000)]

    first = intake.note_app_readings(readings, keep_ms=0)
    again = intake.note_app_readings(readings, keep_ms=0)
    later = intake.note_app_readings(readings, keep_ms=1_500)

    assert (first, again, later) == (2, 0, 1)


def test_health_keeps_a_bounded_history(uow: Uow) -> None:
    intake = IntakeRepository(uow.session, SCOPE)

    for at_ms in (1_000, 2_000, 3_000, 3_000):
        intake.add_health("gw-1", b'{"v":1}', at_ms=at_ms, keep_ms=at_ms - 1_500)

    assert [at_ms for at_ms, _ in intake.health_of("gw-1", limit=9)] == [3_000, 2_000]


def test_quarantine_keeps_the_newest_and_counts_repeats(uow: Uow) -> None:
    intake = IntakeRepository(uow.session, SCOPE)
    topic = "beaconry/v1/acme/demo/gw-1/up/sightings"

    for at_ms in range(1, 6):
        intake.quarantine(refuse(topic, b"%d" % at_ms, reason="undecodable"), at_ms=at_ms, kept=3)
    intake.quarantine(refuse(topic, b"4", reason="undecodable"), at_ms=9, kept=3)

    entries = intake.quarantined()
    assert [(one.first_at_ms, one.last_at_ms, one.times) for one in entries] == [
        (4, 9, 2),
        (5, 5, 1),
        (3, 3, 1),
    ]


def test_a_foreign_topic_is_only_kept_as_a_hash() -> None:
    refused = refuse("shopper/alice@example.org", b"secret", reason="undecodable")

    assert refused.topic.startswith("sha256:")
    assert "alice" not in repr(refused)
    assert "secret" not in repr(refused)
