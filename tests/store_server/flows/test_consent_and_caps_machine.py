"""Whatever happens in whatever order: no offer against a no, and none above a cap.

The log of decisions is judged by a checker that knows none of the gates: it goes by what shoppers
said, who is one with whom, and counts.
"""

import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from store_server.decisions.decision import Decision, Outcome
from store_server.flows.merge_shoppers import merge_shoppers, split_shoppers
from store_server.flows.record_consent import record_consent
from store_server.flows.rooms import Policy
from store_server.ids import ShopperId
from store_server.offers.trigger import TriggerKind
from store_server.shoppers.consent import Purpose
from tests.store_server.flows.decision_builders import a_shop
from tests.store_server.machine_database import unflushed_copy
from tests.store_server.offers.builders import a_campaign, a_trigger, an_offer

PER_VISIT, PER_DAY, PER_WEEK = 2, 3, 4
SHOPPERS = ("ann", "bob", "eve")
LOOSE = {"explore_bp": 300, "repeats_in_visit": True, "category_share_bp": 10_000}


def violations(
    made: Sequence[Decision], people: dict[str, str], refused: set[str]
) -> list[tuple[str, str]]:
    """(rule, decision) of each offer that must not be; everybody is of one household."""
    found = [("consent", one.id) for one in made if one.id in refused]
    days, visits = Counter[int](), Counter[tuple[str, str | None]]()
    for one in sorted(made, key=lambda one: one.at):
        day = one.at.toordinal()
        days[day] += 1
        visits[people[one.shopper], one.visit_id] += 1
        if days[day] > PER_DAY:
            found.append(("day", one.id))
        if sum(days[day - back] for back in range(7)) > PER_WEEK:
            found.append(("week", one.id))
        if visits[people[one.shopper], one.visit_id] > PER_VISIT:
            found.append(("visit", one.id))
    return found


class Days(RuleBasedStateMachine):
    """Shoppers of one household who say yes and no, come and go, and turn out to be one, or not."""

    template: Path
    policy: Policy

    def __init__(self) -> None:
        super().__init__()
        self.opened = unflushed_copy(self.template)
        offers = [an_offer(name, category=name) for name in ("rye", "oat")]
        campaigns = [
            a_campaign(name, offers=(name,), cap_per_visit=9, cap_per_day=9)
            for name in ("rye", "oat")
        ]
        self.shop = a_shop(
            self.opened,
            offers=offers,
            campaigns=campaigns,
            household="home",
            policy=self.policy,
        )
        self.people = {name: name for name in SHOPPERS}
        self.said_no: set[str] = set()
        # What each said under the own name, which a split gives back.
        self.own_no: set[str] = set()
        self.merge_id = ""
        self.made: list[Decision] = []
        self.refused: set[str] = set()
        self.asked = itertools.count()

    @rule(who=st.sampled_from(SHOPPERS), visit=st.sampled_from("ab"), pulls=st.booleans())
    def ask(self, who: str, visit: str, *, pulls: bool) -> None:
        """Something asks about a shopper, or the shopper's app does."""
        kind = TriggerKind.PULL if pulls else TriggerKind.ZONE_DWELL
        trigger = a_trigger(
            f"e{next(self.asked)}",
            kind=kind,
            shopper=who,
            visit=f"{self.people[who]}-{visit}-{self.shop.now.toordinal()}",
            at=self.shop.now,
            dwell_s=None if pulls else 20,
        )
        for one in self.shop.decide(trigger):
            if one.outcome is not Outcome.NOTHING:
                self.made.append(one)
                if who in self.said_no:
                    self.refused.add(one.id)

    @rule(who=st.sampled_from(SHOPPERS), granted=st.booleans())
    def say(self, who: str, *, granted: bool) -> None:
        """A shopper agrees to offers, or takes it back."""
        if self.people[who] != who:
            return
        self._step(seconds=1)
        with self.shop.transaction() as uow:
            record_consent(
                uow,
                self.shop.rooms,
                now=self.shop.now,
                shopper=ShopperId(who),
                purpose=Purpose.OFFERS,
                granted=granted,
                source="app",
                text_version="1",
            )
        for said in (self.said_no, self.own_no):
            (said.discard if granted else said.add)(who)

    @rule(hours=st.sampled_from([1, 11, 24, 24 * 6]))
    def wait(self, hours: int) -> None:
        """Time goes by."""
        self._step(seconds=3_600 * hours)

    @rule()
    def merge(self) -> None:
        """Bob turns out to be Ann; the stricter word of the two holds."""
        if self.people["bob"] != "bob":
            return
        self._step(seconds=1)
        with self.shop.transaction() as uow:
            merged = merge_shoppers(
                uow,
                self.shop.rooms,
                now=self.shop.now,
                kept=ShopperId("ann"),
                absorbed=ShopperId("bob"),
            )
        self.merge_id = merged.id
        self.people["bob"] = "ann"
        if "bob" in self.said_no:
            self.said_no.add("ann")
        self.said_no.add("bob")

    @rule()
    def split(self) -> None:
        """It was a mistake: Bob is Bob, and each has the own word again."""
        if self.people["bob"] == "bob":
            return
        self._step(seconds=1)
        with self.shop.transaction() as uow:
            split_shoppers(uow, self.shop.rooms, now=self.shop.now, merge_id=self.merge_id)
        self.people["bob"] = "bob"
        self.said_no = set(self.own_no)

    @invariant()
    def nothing_is_offered_that_must_not_be(self) -> None:
        """The checker finds nothing."""
        assert violations(self.made, self.people, self.refused) == []

    def teardown(self) -> None:
        """Close the database."""
        self.opened.close()

    def _step(self, *, seconds: int) -> None:
        now: datetime = self.shop.now
        self.shop.now = now + timedelta(seconds=seconds)


def days(template: Path, **policy: int) -> type[Days]:
    rules = {"cap_per_visit": PER_VISIT, "cap_per_day": PER_DAY, "cap_per_week": PER_WEEK, **policy}
    made: type[Days] = type(
        "TheseDays",
        (Days,),
        {"template": template, "policy": Policy(holdout_bp=3_000, **LOOSE, **rules)},  # type: ignore[arg-type] # numbers and a flag
    )
    return made


def test_no_order_of_things_breaks_consent_or_a_cap(sqlite_template: Path) -> None:
    few = settings(max_examples=10, stateful_step_count=15)

    run_state_machine_as_test(days(sqlite_template), settings=few)


@pytest.mark.parametrize(
    ("cap", "visits"),
    [("visit", "aaa"), ("day", "aabb"), ("week", "ab ab ab")],
)
def test_the_checker_sees_a_cap_that_is_switched_off(
    sqlite_template: Path, cap: str, visits: str
) -> None:
    these = days(sqlite_template, **{f"cap_per_{cap}": 99})()

    for visit in visits:
        if visit == " ":
            these.wait(24)
        else:
            these.ask("ann", visit, pulls=False)

    found = {rule for rule, _ in violations(these.made, these.people, these.refused)}
    these.teardown()
    assert found == {cap}
