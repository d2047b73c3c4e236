"""`store-server seed`: load plan, offers, products, shoppers and purchases from files."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)
from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.bootstrap.open_store import OpenStore
    from store_server.flows.seed_csv import SeedCsv

T = TypeVar("T")
Counts = dict[str, int]
FilesArgument = Annotated[
    list[Path], typer.Argument(help="Plan or offers in TOML; products, shoppers, purchases in CSV.")
]


def seed(
    files: FilesArgument, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False
) -> None:
    """Load seed files in any order; all are checked before anything is loaded. Safe to repeat."""
    from store_server.bootstrap.open_store import open_store  # noqa: PLC0415 - --help stays light

    set_up_log()
    settings = settings_of(config)
    tomls = [path for path in files if path.suffix == ".toml"]
    csvs = [path for path in files if path.suffix == ".csv"]
    strange = [path for path in files if path.suffix not in (".toml", ".csv")]
    if strange:
        raise ConfigError(f"{strange[0]}: must be a .toml or .csv file")
    with open_store(settings) as store:
        counts = load_files(store, tomls, csvs)
    if as_json:
        print_json(counts)
        return
    for name, count in counts.items():
        print(f"{name}: {count}")
    if (settings.state_dir / "run.json").exists():
        print("note: a server is running; it takes the new plan and offers in at its next start")


def load_files(store: "OpenStore", tomls: Iterable[Path], csvs: Iterable[Path]) -> Counts:
    """Load checked files in the order in which they need each other; how many of each kind.

    Raises:
        ConfigError: something in a file is wrong; nothing was loaded.
    """
    from store_server.clock import SystemClock  # noqa: PLC0415 - --help stays light
    from store_server.flows import load_seed  # noqa: PLC0415
    from store_server.flows.seed_csv import open_seed_csv  # noqa: PLC0415
    from store_server.offers.seed import parse_offers  # noqa: PLC0415
    from store_server.shop.plan_document import read_plan  # noqa: PLC0415

    documents = {path: _read(path) for path in tomls}
    plans = [read_plan(d, where=str(p)) for p, d in documents.items() if "store" in d]
    offers = [parse_offers(d, source=str(p)) for p, d in documents.items() if "store" not in d]
    tables = [open_seed_csv(path) for path in csvs]
    now = SystemClock().now()
    faults = [fault for table in tables for fault in table.first_faults(now=now)]
    if faults:
        raise ConfigError("\n".join(faults))
    counts: Counts = {}
    for shop, plan in plans:
        _run(store, load_seed.load_plan, store=shop, plan=plan)
        counts |= {"zones": len(plan.zones), "gateways": len(plan.gateways)}
        counts["beacons"] = len(plan.beacons)
    for some_offers, campaigns in offers:
        _run(store, load_seed.load_offers, offers=some_offers, campaigns=campaigns)
        counts["offers"] = counts.get("offers", 0) + len(some_offers)
        counts["campaigns"] = counts.get("campaigns", 0) + len(campaigns)
    for kind in ("products", "shoppers", "purchases"):
        for table in tables:
            if table.kind == kind:
                _load_table(store, table, counts)
    return counts


def _load_table(store: "OpenStore", table: "SeedCsv", counts: Counts) -> None:
    from store_server.clock import SystemClock  # noqa: PLC0415 - --help stays light
    from store_server.flows import load_seed  # noqa: PLC0415
    from store_server.flows.seed_csv import chunked  # noqa: PLC0415

    size = load_seed.CHUNK_ROWS
    match table.kind:
        case "products":
            for products in chunked(table.products(), size):
                _run(store, load_seed.load_products, products=products)
                counts["products"] = counts.get("products", 0) + len(products)
        case "shoppers":
            for shoppers in chunked(table.shoppers(created_at=SystemClock().now()), size):
                _run(store, load_seed.load_shoppers, shoppers=shoppers)
                counts["shoppers"] = counts.get("shoppers", 0) + len(shoppers)
        case "purchases":
            for baskets in chunked(table.baskets(), size):
                loaded = _run(store, load_seed.load_purchases, baskets=baskets)
                for name, count in (
                    ("baskets", loaded.fresh),
                    ("baskets known before", loaded.known),
                    ("baskets of unknown shoppers", loaded.of_strangers),
                ):
                    counts[name] = counts.get(name, 0) + count


def _run(
    opened: "OpenStore",
    flow: Callable[..., T],
    /,
    **arguments: Any,  # noqa: ANN401 - what the flow takes is the flow's own signature
) -> T:
    from store_server.writer import Priority  # noqa: PLC0415 - --help stays light

    return opened.writer.submit(Priority.APP, flow, **arguments).result()


def _read(path: Path) -> dict[str, object]:
    from store_server.documents import read_toml  # noqa: PLC0415 - --help stays light

    return read_toml(path)
