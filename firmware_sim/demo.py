"""One run from nothing to a summary: prepare, start the programs, drive, score, stop.

files -> store-server init and seed -> serve -> gateways -> shoppers by API -> drive ->
store has caught up -> figures -> SIGTERM -> spools against the server's books
"""

import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from types import FrameType

import structlog

from firmware_sim.cast import SimShopper, cast_shoppers
from firmware_sim.drive import Drive, Driven, Outside
from firmware_sim.enrolment import enrol, enrol_one
from firmware_sim.errors import OutletError
from firmware_sim.ground_truth import GroundTruth
from firmware_sim.guided import guided_shopper
from firmware_sim.journal import Journal
from firmware_sim.observed import write_observed
from firmware_sim.outage_play import OutagePlay
from firmware_sim.outlets import GuideLine, WebhookReceiver
from firmware_sim.ports import StoreApi
from firmware_sim.retail_data import RetailSeed, retail_seed
from firmware_sim.retailer import Retailer
from firmware_sim.run_record import OBSERVED, write_about
from firmware_sim.scenario import Scenario
from firmware_sim.score import score_kinds, stays_of
from firmware_sim.shop_floor import Radio, ShopFloor, seed_documents
from firmware_sim.shopper_response import Taste
from firmware_sim.spools import SpoolState, read_spools
from firmware_sim.summary import Results, Summary, live_figures
from firmware_sim.world import World

log = structlog.get_logger(__name__)

REPORT_PATH = "/v1/report"


@dataclass(frozen=True, slots=True)
class Run:
    """How a scenario is to be run; `show` gets the figures while it goes on."""

    scenario: Scenario
    folder: Path
    lockstep: bool
    say: Callable[[str], None]
    show: Callable[[Summary], None]
    radio: Radio = "feed"

    @property
    def world_scenario(self) -> Scenario:
        """The scenario as the world plays it: behind radios it begins now."""
        if self.radio == "feed":
            return self.scenario
        return replace(self.scenario, start_at=datetime.now(UTC).replace(microsecond=0))


def run_demo(run: Run) -> Results:
    """Run it all; the programs are stopped whatever happens.

    Raises:
        FirmwareSimError: something could not be prepared or started; the text says what to do.
    """
    run.say("preparing shoppers and products from real purchases")
    people = run.scenario.people
    seed = retail_seed(
        shoppers=people.shoppers, before=run.scenario.start_at, cache=run.folder.parent / "cache"
    )
    shoppers = cast_shoppers(people, profiles=seed.profiles(), seed=run.scenario.seed)
    floor = ShopFloor(run.scenario, run.folder, radio=run.radio)
    with ExitStack() as stack:
        stack.callback(floor.stop)
        run.say("starting the store server")
        api = floor.open(seed)
        stack.callback(api.close)
        inbox = WebhookReceiver()
        stack.callback(inbox.close)
        run.say(f"console: {floor.console_link()}")
        run.say(f"registering {len(shoppers)} shoppers and starting {floor.size} gateways")
        enrol(api, shoppers, inbox=inbox, at_ms=run.scenario.start_ms)
        feeds = floor.start_gateways()
        floor.wait_until_online(api)
        journal = stack.enter_context(Journal(run.folder / "log"))
        retailer = _retailer(run, api, seed=seed, shoppers=shoppers, journal=journal)
        stack.callback(retailer.close)
        outages = OutagePlay(run.scenario.outages, floor)
        line = GuideLine(api, welcome=partial(_welcome, run.scenario, api, retailer))
        stack.callback(line.close)
        outside = Outside(feeds, api, inbox, retailer, outages, lambda: line.walks)
        return _driven(run, floor, outside, journal, shoppers)


def _welcome(scenario: Scenario, api: StoreApi, retailer: Retailer, name: str) -> None:
    """Make a shopper who is led by hand known to the store and to the apps."""
    who = guided_shopper(name, seed=scenario.seed)
    retailer.welcome(name, enrol_one(api, who, at_ms=scenario.start_ms))


def _retailer(
    run: Run,
    api: StoreApi,
    *,
    seed: RetailSeed,
    shoppers: tuple[SimShopper, ...],
    journal: Journal,
) -> Retailer:
    """The retailer with every shopper's app signed in."""
    offers, _ = seed_documents(seed, run.scenario)
    retailer = Retailer(
        api,
        Taste(seed.shares, seed=run.scenario.seed),
        shoppers=shoppers,
        offers=offers,
        promoted=seed.promoted,
        prices={one.product_id: one.price_minor for one in seed.products},
        journal=journal,
    )
    retailer.sign_in()
    return retailer


def _driven(
    run: Run,
    floor: ShopFloor,
    outside: Outside,
    journal: Journal,
    shoppers: tuple[SimShopper, ...],
) -> Results:
    """Drive the world to its end, stop the gateways, and compare the books."""
    truth = GroundTruth(shoppers)

    def watch(driven: Driven) -> None:
        floor.require_server()
        run.show(live_figures(driven, outside.retailer.counts, drive.latencies))

    drive = Drive(
        World(run.world_scenario, shoppers),
        outside,
        journal=journal,
        truth=truth,
        lockstep=run.lockstep,
        watch=watch,
    )
    run.say("the store is open")
    started_s = time.monotonic()
    with _stops_on_signal(drive):
        driven = drive.run(run.scenario.simulated_s)
    wall_s = time.monotonic() - started_s
    data = _data(outside.api, shoppers)
    write_about(run.folder / "log", run.scenario, shoppers)
    write_observed(run.folder / "log" / OBSERVED, data)
    report = _read(outside.api, REPORT_PATH)
    floor.stop_gateways()
    zones = {one: truth.zones(one) for one in truth.shoppers()}
    return Results(
        scenario=run.scenario,
        driven=driven,
        wall_s=wall_s,
        counts=outside.retailer.counts,
        latencies=drive.latencies,
        progress=floor.final_progress(outside.api),
        report=report,
        scores=score_kinds(
            zones, {name: stays_of(one) for name, one in data.items()}, kinds=truth.kinds
        ),
        true_visits=truth.visits,
        true_lift=outside.retailer.true_lift(),
        webhooks_refused=outside.inbox.refused,
        spools=_spools(floor),
    )


@contextmanager
def _stops_on_signal(drive: Drive) -> Iterator[None]:
    """Ctrl-C and SIGTERM end the feeding; what was fed is still brought to its end."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        drive.stop.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _data(api: StoreApi, shoppers: tuple[SimShopper, ...]) -> Mapping[str, Mapping[str, object]]:
    """What the server says of each shopper who lets it; by the download that shoppers have."""
    data = {}
    for one in shoppers:
        if one.allows_location:
            try:
                data[one.shopper] = api.shopper_data(one.shopper)
            except OutletError as error:
                log.warning("no data of a shopper for the score", error=str(error))
    return data


def _read(api: StoreApi, path: str) -> Mapping[str, object]:
    try:
        return api.get(path)
    except OutletError as error:
        log.warning("report cannot be read", error=str(error))
        return {}


def _spools(floor: ShopFloor) -> SpoolState | None:
    try:
        return read_spools(floor.spools())
    except OutletError as error:
        log.warning("spools cannot be read", error=str(error))
        return None
