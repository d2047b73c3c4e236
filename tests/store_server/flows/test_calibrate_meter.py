"""The meter is proved on known cases, and says so beside each result."""

from store_server.database import Database, read_only
from store_server.flows.calibrate_meter import keep_calibration, shapes_to_prove
from store_server.flows.show_report import show_report
from store_server.reports.placebo import calibrate
from tests.store_server.outbox.builders import NOON, a_decision, run
from tests.store_server.redemptions.builders import a_shop


def test_what_was_proved_stands_beside_the_result(database: Database) -> None:
    rooms = a_shop(database, a_decision("a"))
    with read_only(database.read, rooms.live) as uow:
        (shape,) = shapes_to_prove(uow, rooms, now=NOON)
        before = show_report(uow, rooms, now=NOON)
    found = calibrate(shape, seed=1, campaigns=100)

    run(database, rooms, keep_calibration, calibration=found)

    with read_only(database.read, rooms.live) as uow:
        after = show_report(uow, rooms, now=NOON, language="es")
        left = shapes_to_prove(uow, rooms, now=NOON)
        again = shapes_to_prove(uow, rooms, now=NOON, again=True)
    assert before.meter_verdict.startswith("Not checked on known cases")
    assert after.meter == found
    assert after.meter_verdict.startswith("Acierta en el ")
    assert (left, again) == ([], [shape])
