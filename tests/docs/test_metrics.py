"""Every metric is documented, and nothing is documented that is no metric."""

import ast
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from store_server import schema
from store_server.database import open_database
from store_server.entrypoints.api.metrics import metrics_text
from store_server.flows.rooms import Counters
from store_server.presence.gateway_live import GatewayLive
from tests.store_server.entrypoints.web_builders import a_web_store

ROOT = Path(__file__).resolve().parents[2]


def counted() -> Iterator[str]:
    """What flows count: names given to `Counters.plus`, directly or by a function `_count`."""
    for path in (ROOT / "store_server" / "flows").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and re.search(
                r"counters\.plus$|^_count$", ast.unparse(node.func)
            ):
                yield from (keyword.arg for keyword in node.keywords if keyword.arg)
    yield from ("decisions.offered", "reasons.no_value")


def exported(folder: Path) -> set[str]:
    """The names on the metrics page of a store that counted everything."""
    database = open_database(f"sqlite:///{folder / 'store.db'}")
    schema.create_tables(database.write)
    with a_web_store(database) as web:
        web.context.rooms.live = replace(
            web.context.rooms.live,
            counters=Counters().plus(**dict.fromkeys(counted(), 1)),
            gateways={"gw-1": GatewayLive("gw-1")},
        )
        page, _ = metrics_text(web.context)
    database.close()
    return set(re.findall(r"^(beaconry_\w+)", page, re.M))


def documented() -> set[str]:
    text = (ROOT / "docs" / "operations.md").read_text()
    return set(re.findall(r"^\| `(beaconry_\w+)` \|", text, re.M))


def test_every_metric_is_documented_and_every_documented_one_exists(tmp_path: Path) -> None:
    found = exported(tmp_path)

    assert len(found) > 20
    assert found == documented()


def test_the_docs_warn_of_a_proxy_on_the_same_machine() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()

    assert re.search(r"/metrics.*proxy.*X-Forwarded-For", text, re.S)
