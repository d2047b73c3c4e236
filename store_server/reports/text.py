"""The report as plain text: one `name: value` a line, for terminals and pipes."""

from collections.abc import Iterator

from store_server.reports.lift import Arm, Lift
from store_server.reports.proportions import Interval
from store_server.reports.report import Report


def render(report: Report) -> str:
    """Lines without escape codes, ending in a newline; names are stable."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield f"store: {report.org}/{report.store}"
    yield f"from: {report.since.isoformat() if report.since else 'the beginning'}"
    yield f"until: {report.until.isoformat() if report.until else 'now'}"
    for step in report.funnel:
        yield f"{step.name}: {step.count}"
        for reason, count in step.lost.items():
            yield f"  not {step.name}, {reason}: {count}"
    yield f"coupons issued: {report.counts.issued}"
    yield from _lift_lines(report.lift, currency=report.currency)


def _lift_lines(lift: Lift, *, currency: str) -> Iterator[str]:
    for name, arm in (("offered", lift.offered), ("held out", lift.held_out)):
        yield f"{name} shoppers: {_arm(arm)}"
    yield f"lift: {_points(lift.share)}"
    margin = lift.margin_per_unit_minor
    unit = f"minor units {currency} a shopper".replace("  ", " ")
    yield (
        "margin lift: not known yet"
        if margin is None
        else f"margin lift: {margin.estimate:+.1f} ({margin.low:+.1f} to {margin.high:+.1f}) {unit}"
    )
    ratio = "too few to say" if lift.ratio_p is None else f"{lift.ratio_p:.3f}"
    yield f"sample ratio p: {ratio}"
    yield f"verdict: {lift.verdict}"


def _arm(arm: Arm) -> str:
    if not arm.units:
        return "0"
    return f"{arm.units}, bought {arm.bought} ({100 * arm.share.value:.1f} %)"


def _points(share: Interval | None) -> str:
    if share is None:
        return "not known yet"
    low, high = 100 * share.low, 100 * share.high
    return f"{100 * share.estimate:+.1f} points (95 %: {low:+.1f} to {high:+.1f})"
