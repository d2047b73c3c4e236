"""An audit that shares no code with the gates finds nothing, and everything when one is off."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from benchmarks.decision_audit import DecisionAudit
from benchmarks.simulated_store import SimulatedStore
from store_server.database import Database
from store_server.decisions import gates, slot_gates
from store_server.decisions.decision import Arm
from store_server.decisions.reason import Reason
from store_server.offers.budget import NO_LIMIT
from store_server.offers.repository import budgets

# Clocks go forward in the night to the second day.
FIRST, DAYS = date(2026, 3, 28), 4
SwitchOff = Callable[[pytest.MonkeyPatch], None]


def lived(database: Database, *, budget_minor: int = 10**6) -> DecisionAudit:
    store = SimulatedStore(database, people=24, visiting=16, seed=5, budget_minor=budget_minor)
    store.live(FIRST, DAYS)
    return store.audit()


def without(*reasons: Reason) -> SwitchOff:
    """The gates of these reasons let everybody through."""

    def switch(patch: pytest.MonkeyPatch) -> None:
        for module, name in ((gates, "SHOPPER_GATES"), (slot_gates, "SLOT_GATES")):
            kept: Iterable[tuple[Reason, Any]] = getattr(module, name)
            patch.setattr(module, name, tuple(one for one in kept if one[0] not in reasons))

    return switch


def nobody_is_held_out(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("store_server.decisions.decide.arm_of", lambda *_, **__: Arm.OFFER)


def no_budget_holds(patch: pytest.MonkeyPatch) -> None:
    without(Reason.BUDGET_EXHAUSTED)(patch)
    patch.setattr(budgets, "limit_of", lambda _campaign: NO_LIMIT)


def test_days_over_a_night_on_which_clocks_change_break_no_rule(
    sqlite_database: Database,
) -> None:
    audit = lived(sqlite_database, budget_minor=600)

    assert audit.violations() == []
    with sqlite_database.read.connect() as connection:
        told = " ".join(row[0] for row in connection.execute(text("SELECT reasons FROM decision")))
    for reason in (
        Reason.NO_CONSENT_OFFERS,
        Reason.QUIET_HOURS,
        Reason.SHOPPER_CAP_VISIT,
        Reason.SHOPPER_CAP_DAY,
        Reason.BUDGET_EXHAUSTED,
        Reason.HELD_OUT,
    ):
        assert reason.value in told, f"{reason} was never put to the proof"


@pytest.mark.parametrize(
    ("switch_off", "rule"),
    [
        (without(Reason.NO_CONSENT_OFFERS), "consent"),
        (without(Reason.QUIET_HOURS), "quiet hours"),
        (nobody_is_held_out, "holdout"),
        (without(Reason.SHOPPER_CAP_VISIT), "cap per visit"),
        (without(Reason.SHOPPER_CAP_DAY), "cap per day"),
        (without(Reason.SHOPPER_CAP_WEEK), "cap per week"),
        (no_budget_holds, "budget"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_gate_that_is_switched_off_is_found_out(
    sqlite_database: Database, monkeypatch: pytest.MonkeyPatch, switch_off: SwitchOff, rule: str
) -> None:
    switch_off(monkeypatch)
    # A budget that ends soon would keep the caps from being reached.
    money = 300 if rule == "budget" else 10**6

    found = {one.rule for one in lived(sqlite_database, budget_minor=money).violations()}

    assert rule in found
