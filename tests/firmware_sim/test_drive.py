from pathlib import Path

from firmware_sim.drive import Drive, Driven, Outside
from firmware_sim.enrolment import enrol
from firmware_sim.ground_truth import GroundTruth, read_tracks
from firmware_sim.journal import EVENTS, TRUTH, Journal
from firmware_sim.retail_data import ZONE_OF
from firmware_sim.retailer import Retailer
from firmware_sim.scenario import Scenario, with_pace
from firmware_sim.shopper_response import Taste
from firmware_sim.world import World
from tests.firmware_sim.builders import START, a_cast, a_scenario
from tests.firmware_sim.fakes import FakeFeed, FakeInbox, FakeStore

NOW_MS = round(START.timestamp() * 1000)
FAR_MS = NOW_MS + 10**9


class Stage:
    """A drive against a store that has always done everything already."""

    def __init__(self, folder: Path, *, scenario: Scenario | None = None) -> None:
        self.scenario = with_pace(scenario or a_scenario(), speed=1000)
        self.store = FakeStore()
        self.feeds = {f"gw-{n}": FakeFeed() for n in range(1, 7)}
        self.store.progress = {
            "event_now_ms": FAR_MS,
            "gateways": {name: {"last_sent_at_ms": FAR_MS} for name in self.feeds},
        }
        self.folder = folder
        self.watched: list[Driven] = []

    def run(self, ticks: int, *, lockstep: bool = False) -> Driven:
        shoppers = a_cast(self.scenario)
        with Journal(self.folder) as journal:
            retailer = Retailer(
                self.store,
                Taste({}, seed=1),
                shoppers=shoppers,
                offers=[],
                promoted=dict.fromkeys(ZONE_OF, ("p",)),
                prices={},
                journal=journal,
            )
            retailer.sign_in()
            self.truth = GroundTruth(shoppers)
            drive = Drive(
                World(self.scenario, shoppers),
                Outside(self.feeds, self.store, FakeInbox(), retailer),
                journal=journal,
                truth=self.truth,
                lockstep=lockstep,
                watch=self.watched.append,
            )
            return drive.run(ticks)


def test_every_gateway_gets_every_tick_and_one_before_the_first(tmp_path: Path) -> None:
    stage = Stage(tmp_path)

    driven = stage.run(5)

    expected = [NOW_MS + 1000 * second for second in range(6)]
    assert all(feed.ticks == expected for feed in stage.feeds.values())
    assert driven.caught_up


def test_the_event_log_does_not_depend_on_what_the_store_answers(tmp_path: Path) -> None:
    stage, broken = Stage(tmp_path / "a"), Stage(tmp_path / "b")
    broken.feeds["gw-1"].listens = False
    broken.store.progress["event_now_ms"] = FAR_MS + 5

    stage.run(60)
    broken.run(60)

    assert (tmp_path / "a" / EVENTS).read_bytes() == (tmp_path / "b" / EVENTS).read_bytes()


def test_in_lockstep_the_store_is_asked_after_every_tick(tmp_path: Path) -> None:
    stage = Stage(tmp_path)

    stage.run(20, lockstep=True)

    assert len(stage.store.said("get")) >= 20


def test_a_deaf_gateway_is_not_waited_for(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    stage.feeds["gw-2"].listens = False
    gateways = stage.store.progress["gateways"]
    assert isinstance(gateways, dict)
    del gateways["gw-2"]

    assert stage.run(3, lockstep=True).caught_up


def test_the_truth_in_memory_is_the_truth_in_the_file(tmp_path: Path) -> None:
    stage = Stage(tmp_path)

    stage.run(100)

    read = read_tracks(tmp_path / TRUTH)
    assert read
    assert all(stage.truth.zones(name) == track.zones for name, track in read.items())


def test_everybody_is_enrolled_with_consents_and_only_senders_with_a_key() -> None:
    store, inbox = FakeStore(), FakeInbox()

    enrol(store, a_cast(a_scenario()), inbox=inbox, at_ms=NOW_MS)

    assert inbox.secret == "whsec_test"
    assert len(store.said("consent")) == 3 * 7
    keys = [call[2] for call in store.said("shopper") if isinstance(call, tuple)]
    assert sorted(len(one) for one in keys) == [0, 0, 1, 1, 1, 1, 1]
