import json
from pathlib import Path

from firmware_sim.events import Happening, HeardAdvert, Tick, Whereabouts
from firmware_sim.journal import EVENTS, RESPONSES, TRUTH, Journal, event_line

TICK = Tick(
    at_ms=5000,
    adverts_sent=1,
    heard={"gw-1": [HeardAdvert(4500, "C0:00:00:00:00:01", "020106", -60)], "gw-2": []},
    happenings=(Happening(4800, "arrived", "s-1", 1),),
    truth=(Whereabouts("s-1", 1.25, 2.0, "bakery"),),
)


def test_a_line_holds_what_happened_and_no_truth() -> None:
    line = json.loads(event_line(TICK))

    assert line["adverts"] == {"gw-1": [[-500, "C0:00:00:00:00:01", "020106", -60]]}
    assert line["happenings"] == [[4800, "arrived", "s-1", 1]]
    assert "bakery" not in str(line)


def test_each_log_has_a_file_of_its_own(tmp_path: Path) -> None:
    with Journal(tmp_path) as journal:
        journal.tick(TICK)
        journal.response("paid", basket="b-1")

    assert (tmp_path / EVENTS).read_bytes() == event_line(TICK)
    assert json.loads((tmp_path / TRUTH).read_text())["people"] == [["s-1", 125, 200, "bakery"]]
    assert json.loads((tmp_path / RESPONSES).read_text()) == {"what": "paid", "basket": "b-1"}


def test_a_full_event_log_grows_no_more_and_ends_with_a_whole_line(tmp_path: Path) -> None:
    with Journal(tmp_path, most_event_bytes=2 * len(event_line(TICK)) + 5) as journal:
        for _ in range(10):
            journal.tick(TICK)

    assert (tmp_path / EVENTS).read_bytes() == 2 * event_line(TICK)
