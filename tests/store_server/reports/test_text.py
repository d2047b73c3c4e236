"""The report as plain text."""

from store_server.reports.funnel import funnel_of
from store_server.reports.lift import Lift
from store_server.reports.report import Report
from store_server.reports.text import render
from tests.store_server.outbox.builders import NOON
from tests.store_server.reports.builders import lift
from tests.store_server.reports.test_funnel import COUNTS


def a_report(found: Lift | None = None) -> Report:
    return Report(
        org="acme",
        store="demo",
        made_at=NOON,
        since=None,
        until=NOON,
        currency="EUR",
        counts=COUNTS,
        funnel=funnel_of(COUNTS),
        lift=found or lift((0, 0), (0, 0)),
    )


def test_each_step_and_each_loss_has_a_line() -> None:
    lines = render(a_report()).splitlines()

    assert "delivered: 15" in lines
    assert "  not delivered, expired moment_over: 5" in lines


def test_what_is_not_known_is_said_so() -> None:
    text = render(a_report())

    assert "conversion: not known yet" in text
    assert "margin: not known yet" in text
    assert "sample ratio p: too few to say" in text


def test_both_intervals_are_shown_at_the_planned_end() -> None:
    text = render(a_report(lift((1_800, 9_000), (100, 1_000))))

    assert "conversion: +10.0 points (95 %: +" in text
    assert "  conversion at the planned end: +10.0 points (95 %: +7." in text
    assert "  conversion cannot see effects under: 2." in text
    assert "spend: +30.0 minor units EUR a shopper (95 %: " in text


def test_a_pipe_can_read_it() -> None:
    text = render(a_report(lift((1_800, 9_000), (100, 1_000))))

    assert "\x1b" not in text
    assert all(": " in line for line in text.splitlines())
