from dataclasses import replace

import pytest

from firmware_sim.drive import Driven
from firmware_sim.events import DeviceKind
from firmware_sim.latency import Latencies
from firmware_sim.progress import read_progress
from firmware_sim.retailer import Counts
from firmware_sim.score import ZoneScore
from firmware_sim.spools import SpoolState
from firmware_sim.summary import Results, broken_invariants, lines, summarise
from tests.firmware_sim.builders import a_scenario


def good_results() -> Results:
    return Results(
        scenario=a_scenario(),
        driven=Driven(ticks=120, adverts_heard=900, caught_up=True),
        wall_s=12.0,
        counts=Counts(opened=2, redeemed=1),
        latencies=Latencies(),
        progress=read_progress(
            {
                "gateways": {"gw-1": {"applied_batches": 40, "duplicates": 2}},
                "outbox": {"delivered": 3},
                "decisions": {"offered": 3, "held_out": 1},
                "reasons": {"held_out": 1},
            }
        ),
        report={"lift": {"share": {"estimate": 0.1234, "low": -0.1, "high": 0.3}}},
        scores={DeviceKind.TAG: ZoneScore(10, 8, 6), DeviceKind.IOS_POCKET: ZoneScore(10, 0, 0)},
        true_visits=6,
        true_lift=0.15,
        webhooks_refused=0,
        spools=SpoolState(40, 0),
    )


def test_a_run_in_which_all_adds_up_breaks_nothing() -> None:
    assert broken_invariants(good_results()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"spools": SpoolState(41, 0)}, "41 batches were emitted, 40 applied"),
        ({"spools": SpoolState(40, 3)}, "3 batches are still in the gateways' spools"),
        ({"driven": Driven(caught_up=False)}, "had not caught up"),
        ({"webhooks_refused": 1}, "1 webhooks had no good signature"),
        (
            {"counts": Counts(opened=0, redeemed=1)},
            "more coupons",
        ),
    ],
)
def test_what_does_not_add_up_is_said(change: dict[str, object], said: str) -> None:
    broken = broken_invariants(replace(good_results(), **change))  # type: ignore[arg-type]  # mixed

    assert any(said in one for one in broken)


def test_the_figures_have_the_names_that_the_house_promises() -> None:
    summary = summarise(good_results())

    promised = ("adverts_sent", "adverts_heard", "sightings", "decisions", "delivered", "redeemed")
    assert all(name in summary for name in promised)
    assert summary["decisions"] == 4
    assert summary["batches_pending"] == 0
    assert summary["lift_points"] == 12.3


def test_a_line_is_a_name_and_a_value_without_escape_codes() -> None:
    for line in lines(summarise(good_results())):
        name, value = line.split(": ", 1)
        assert name.replace("_", "").isalnum()
        assert "\x1b" not in value


def test_what_cannot_be_said_is_a_dash() -> None:
    assert "zone_accuracy_ios_pocket: -" in lines(summarise(good_results()))
