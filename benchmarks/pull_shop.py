"""The shop that the pull benchmark asks: campaigns, shoppers with purchases and tokens, and wrk.

200 live campaigns of `benchmarks.decide` that all listen to a pull, every fourth with a segment;
5,000 shoppers who agree to everything, every fifth of a household of two, every tenth with 30
baskets of their own; a token for each.
"""

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.decide import CATEGORIES, a_catalogue
from store_server.bootstrap.open_store import OpenStore
from store_server.database import unit_of_work
from store_server.ids import HouseholdId, ShopperId, scope
from store_server.learning.purchase import Purchase, PurchaseLine
from store_server.learning.repository import PurchaseRepository
from store_server.offers.repository import OfferRepository
from store_server.offers.trigger import TriggerKind, TriggerRule
from store_server.shop.access import hash_token, new_token
from store_server.shop.repository import AccessRepository
from store_server.shoppers.consent import ConsentEntry, Purpose
from store_server.shoppers.repository import (
    ConsentRepository,
    SegmentRepository,
    ShopperRepository,
)
from store_server.shoppers.segments.segment import Segment
from store_server.shoppers.segments.tree import Bucket
from store_server.shoppers.shopper import Shopper

HERE = scope("acme", "s1")
CAMPAIGNS, SHOPPERS, BASKETS = 200, 5_000, 30
# wrk calls `request` for each question; `response` only where every answer is to be kept.
_SCRIPT = """
local tokens, n = {{}}, 0
for line in io.lines("{tokens}") do tokens[#tokens + 1] = "Bearer " .. line end
request = function()
  n = n + 1
  local headers = {{ ["Authorization"] = tokens[n % #tokens + 1],
                     ["Content-Type"] = "application/json" }}
  return wrk.format("POST", "{path}", headers,
    '{{"request_id":"{run}-' .. n .. '","placement":"app"}}')
end
{response}
done = function(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format('{{"requests":%d,"refused":%d,"broken":%d,"s":%f,"p50_ms":%f,"p99_ms":%f}}\\n',
    summary.requests, errors.status, errors.connect + errors.read + errors.write + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3))
end
"""
_KEEP_ANSWERS = """
response = function(status, headers, body)
  if status == 200 then
    local name = string.match(body, '"decision_id":"([^"]+)"')
    if name then
      local file = io.open("{answers}", "a")
      file:write(name .. "\\n")
      file:close()
    end
  end
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What wrk saw: answers in all, those that were no 2xx, connections that broke."""

    requests: int
    refused: int
    broken: int
    s: float
    p50_ms: float
    p99_ms: float

    @property
    def answered(self) -> int:
        """Answers with a 2xx."""
        return self.requests - self.refused


def seed(store: OpenStore, *, shoppers: int) -> list[str]:
    """Fill the database; a token of each shopper."""
    now = datetime.now(UTC)
    names = [ShopperId(f"s{number}") for number in range(shoppers)]
    tokens = [new_token("shopper") for _ in names]
    with unit_of_work(store.database.write, None) as uow:
        _save_catalogue(OfferRepository(uow.session, HERE), now)
        segments = SegmentRepository(uow.session, HERE)
        for number in range(8):
            tree = Bucket(kind="bucket", first=number * 1_000, below=number * 1_000 + 3_000)
            segments.add(Segment(f"s{number}", f"Half {number}", tree, 1, now))
        ShopperRepository(uow.session, HERE).save(
            Shopper(name, _home(number), "en", now) for number, name in enumerate(names)
        )
        consents = ConsentRepository(uow.session, HERE)
        access = AccessRepository(uow.session, HERE)
        for name, token in zip(names, tokens, strict=True):
            for purpose in Purpose:
                said = ConsentEntry(name, purpose, True, now - timedelta(days=9), "bench", "1")
                consents.add(said, recorded_at=now)
            access.add_shopper_token(
                hash_token(token), shopper=name, expires_at=now + timedelta(hours=20)
            )
        PurchaseRepository(uow.session, HERE).add(list(_purchases(names[::10], now)))
    return tokens


def _save_catalogue(repository: OfferRepository, now: datetime) -> None:
    catalogue = a_catalogue(CAMPAIGNS, everywhere=True)
    repository.save_offers(list(catalogue.offers.values()))
    repository.save_campaigns(
        [
            replace(
                one,
                trigger=TriggerRule(TriggerKind.PULL),
                starts_at=now - timedelta(days=1),
                ends_at=now + timedelta(days=30),
                budget_issues=None if one.budget_issues is None else 1_000_000,
            )
            for one in catalogue.campaigns.values()
        ]
    )


def _home(number: int) -> HouseholdId | None:
    return HouseholdId(f"h{number // 10}") if number % 10 in (0, 1) else None


def _purchases(names: list[ShopperId], now: datetime) -> Iterator[Purchase]:
    for place, name in enumerate(names):
        for week in range(BASKETS):
            bought = {(place * 7 + week * pace) % CATEGORIES for pace in (1, 3, 5, 11, 17)}
            lines = tuple(PurchaseLine(f"p{n}", f"C{n}", 1, 300) for n in sorted(bought))
            yield Purchase(f"s1/{name}-{week}", name, now - timedelta(weeks=week), lines)


def load(
    url: str,
    path: str,
    *,
    tokens: Path,
    run: str,
    seconds: int,
    connections: int,
    core: int,
    answers: Path | None = None,
) -> Load:
    """Have wrk ask for so long, on a core of its own; `answers` gets every decision's id."""
    keeping = _KEEP_ANSWERS.format(answers=answers) if answers is not None else ""
    script = tokens.parent / f"{run}.lua"
    script.write_text(_SCRIPT.format(tokens=tokens, path=path, run=run, response=keeping))
    argv = ["taskset", "-c", str(core), "wrk", "-t", "1", "-c", str(connections)]
    argv += ["-d", f"{seconds}s", "--timeout", "20s", "-s", str(script), url]
    ended = subprocess.run(argv, check=True, capture_output=True, text=True)
    return Load(**json.loads(ended.stdout.strip().splitlines()[-1]))
