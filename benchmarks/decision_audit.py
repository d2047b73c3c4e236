"""An independent reading of the decision log: was anything done that the house forbids?

Nothing is imported from the server: rules are plain values, rows are read with SQL, and days,
weeks, hours and draws are worked out here once more, from the words of docs/decisions.md.
"""

import hashlib
import json
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, text

DECISIONS = """SELECT id, trigger_kind, shopper, household, visit_id, at_ms, outcome, campaign, arm
    FROM decision WHERE org = :org AND store = :store ORDER BY at_ms, id"""
CONSENTS = "SELECT shopper, granted, at_ms FROM consent WHERE org = :org AND purpose = 'offers'"
CAMPAIGNS = "SELECT campaign, document FROM campaign WHERE org = :org"
MONEY = """SELECT c.code, c.campaign, c.decision, c.face_value_minor, c.issued_at_ms,
    c.expires_at_ms, r.redeemed_at_ms, r.discount_minor FROM coupon c
    LEFT JOIN redemption r ON r.org = c.org AND r.store = c.store AND r.code = c.code
    WHERE c.org = :org AND c.store = :store ORDER BY c.issued_at_ms"""
NOTIFIED = "SELECT decision FROM notification WHERE org = :org AND store = :store"

Row = RowMapping


@dataclass(frozen=True)
class HouseRules:
    """What the store allows, as its manager would say it; local times, basis points."""

    org: str
    store: str
    timezone: str
    policy_version: str
    holdout_bp: int
    holdout_salt: str
    cap_per_visit: int
    cap_per_day: int
    cap_per_week: int
    quiet_from: time
    quiet_until: time


@dataclass(frozen=True)
class Violation:
    """One thing that must not have happened: which rule, and in which decision or campaign."""

    rule: str
    what: str


class DecisionAudit:
    """The log of one store, read once."""

    def __init__(self, connection: Connection, rules: HouseRules) -> None:
        self._rules = rules
        self._zone = ZoneInfo(rules.timezone)
        scope = {"org": rules.org, "store": rules.store}

        def rows(query: str) -> list[Row]:
            return list(connection.execute(text(query), scope).mappings())

        self.decisions = rows(DECISIONS)
        self.shown = [one for one in self.decisions if one["outcome"] != "nothing"]
        self.offered = [one for one in self.decisions if one["outcome"] == "offered"]
        self.notified = {row["decision"] for row in rows(NOTIFIED)}
        self._consents = rows(CONSENTS)
        self._money = rows(MONEY)
        self._campaigns: dict[str, Mapping[str, int]] = {
            row["campaign"]: json.loads(row["document"]) for row in rows(CAMPAIGNS)
        }

    def violations(self) -> list[Violation]:
        """Everything that breaks a rule, by rule."""
        checks = {
            "consent": self._without_consent,
            "quiet hours": self._in_quiet_hours,
            "holdout": self._held_out_and_offered,
            "cap per visit": self._over_visit_cap,
            "cap per day": self._over_day_cap,
            "cap per week": self._over_week_cap,
            "budget": self._over_budget,
        }
        return [Violation(rule, what) for rule, check in checks.items() for what in check()]

    def _without_consent(self) -> Iterator[str]:
        said: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for row in self._consents:
            insort(said[row["shopper"]], (row["at_ms"], int(row["granted"])))
        for one in self.offered:
            words = said[one["shopper"]]
            before = bisect_right(words, (one["at_ms"], 1))
            if before == 0 or not words[before - 1][1]:
                yield one["id"]

    def _in_quiet_hours(self) -> Iterator[str]:
        start, end = self._rules.quiet_from, self._rules.quiet_until
        for one in self.offered:
            at = self._local(one["at_ms"]).time()
            quiet = start <= at < end if start < end else at >= start or at < end
            if quiet and one["trigger_kind"] != "pull":
                yield one["id"]

    def _held_out_and_offered(self) -> Iterator[str]:
        """Offered to whom the draw holds out, of all campaigns or of this one, or told a ghost."""
        rules = self._rules
        for one in self.shown:
            unit = _unit(one)
            everything = _drawn_bp(
                "holdout", rules.org, rules.holdout_salt, rules.policy_version, unit
            )
            own = self._campaigns.get(one["campaign"], {}).get("holdout_bp", 0)
            this_one = _drawn_bp("campaign holdout", rules.org, one["campaign"], unit)
            held_out = everything < rules.holdout_bp or this_one < own
            if held_out != (one["outcome"] == "held_out"):
                yield one["id"]
        offered = {one["id"] for one in self.offered}
        yield from sorted(self.notified - offered)
        yield from sorted({row["decision"] for row in self._money} - offered)

    def _over_visit_cap(self) -> Iterator[str]:
        in_visit = [one for one in self.shown if one["visit_id"] is not None]
        visits = (((one["visit_id"], one["shopper"]), one) for one in in_visit)
        yield from _beyond(visits, self._rules.cap_per_visit)
        for name, campaign in self._campaigns.items():
            own = (
                ((one["visit_id"], one["shopper"]), one)
                for one in in_visit
                if one["campaign"] == name
            )
            yield from _beyond(own, campaign.get("cap_per_visit", 1))

    def _over_day_cap(self) -> Iterator[str]:
        days = (((_unit(one), self._day(one)), one) for one in self.shown)
        yield from _beyond(days, self._rules.cap_per_day)
        for name, campaign in self._campaigns.items():
            own = (
                ((_unit(one), self._day(one)), one) for one in self.shown if one["campaign"] == name
            )
            yield from _beyond(own, campaign.get("cap_per_day", 1))

    def _over_week_cap(self) -> Iterator[str]:
        yield from self._in_seven_days(self.shown, self._rules.cap_per_week)
        for name, campaign in self._campaigns.items():
            if (cap := campaign.get("cap_per_week")) is not None:
                own = [one for one in self.shown if one["campaign"] == name]
                yield from self._in_seven_days(own, cap)

    def _in_seven_days(self, shown: Iterable[Row], cap: int) -> Iterator[str]:
        days: dict[str, list[date]] = defaultdict(list)
        for one in shown:
            day, earlier = self._day(one), days[_unit(one)]
            if len(earlier) - bisect_left(earlier, day - timedelta(days=6)) >= cap:
                yield one["id"]
            earlier.append(day)

    def _over_budget(self) -> Iterator[str]:
        issued: Counter[str] = Counter()
        by_campaign: dict[str, list[Row]] = defaultdict(list)
        for row in self._money:
            campaign = self._campaigns.get(row["campaign"], {})
            by_campaign[row["campaign"]].append(row)
            issued[row["campaign"]] += 1
            most, money = campaign.get("budget_issues"), campaign.get("budget_minor")
            if most is not None and issued[row["campaign"]] > most:
                yield row["decision"]
            elif money is not None:
                at_ms = row["issued_at_ms"]
                if sum(_costs(one, at_ms) for one in by_campaign[row["campaign"]]) > money:
                    yield row["decision"]

    def _local(self, at_ms: int) -> datetime:
        return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self._zone)

    def _day(self, one: Row) -> date:
        return self._local(one["at_ms"]).date()


def _unit(one: Row) -> str:
    return f"h:{one['household']}" if one["household"] is not None else f"s:{one['shopper']}"


def _drawn_bp(*parts: str) -> int:
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % 10_000


def _beyond(grouped: Iterable[tuple[object, Row]], cap: int) -> Iterator[str]:
    """Decisions that come after `cap` others of their group, in order of time."""
    seen: Counter[object] = Counter()
    for group, one in grouped:
        seen[group] += 1
        if seen[group] > cap:
            yield one["id"]


def _costs(coupon: Row, at_ms: int) -> int:
    """What a coupon takes of its budget at an instant: its face while it is open, or its use."""
    redeemed_at_ms = coupon["redeemed_at_ms"]
    if redeemed_at_ms is not None and redeemed_at_ms <= at_ms:
        return int(coupon["discount_minor"])
    return int(coupon["face_value_minor"]) if coupon["expires_at_ms"] > at_ms else 0
