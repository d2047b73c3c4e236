"""The report as plain text."""

from store_server.reports.funnel import funnel_of
from store_server.reports.lift import UnitOutcome, lift_of
from store_server.reports.report import Report
from store_server.reports.text import render
from tests.store_server.outbox.builders import NOON
from tests.store_server.reports.test_funnel import COUNTS


def a_report(*outcomes: UnitOutcome) -> Report:
    return Report(
        org="acme",
        store="demo",
        made_at=NOON,
        since=None,
        until=NOON,
        currency="EUR",
        counts=COUNTS,
        funnel=funnel_of(COUNTS),
        lift=lift_of(outcomes, control_share=0.1),
    )


def test_each_step_and_each_loss_has_a_line() -> None:
    lines = render(a_report()).splitlines()

    assert "delivered: 15" in lines
    assert "  not delivered, expired moment_over: 5" in lines


def test_what_is_not_known_is_said_so() -> None:
    text = render(a_report())

    assert "lift: not known yet" in text
    assert "margin lift: not known yet" in text
    assert "sample ratio p: too few to say" in text


def test_the_lift_is_shown_with_its_interval() -> None:
    bought, not_bought = UnitOutcome(True, True, 100), UnitOutcome(False, False, 0)

    text = render(a_report(bought, bought, not_bought, not_bought))

    assert "lift: +100.0 points (95 %: " in text
    assert "margin lift: +100.0 (+100.0 to +100.0) minor units EUR a shopper" in text


def test_a_pipe_can_read_it() -> None:
    text = render(a_report())

    assert "\x1b" not in text
    assert all(": " in line for line in text.splitlines())
