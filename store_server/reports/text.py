"""The report as plain text: one `name: value` a line, for terminals and pipes."""

from collections.abc import Iterator

from store_server.reports.effect import Effect
from store_server.reports.lift import Arm, Lift
from store_server.reports.outcomes import Metric
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
    yield f"campaign: {report.campaign or 'all'}"
    if report.planned_end is not None:
        yield f"planned end: {report.planned_end.isoformat()}"
    yield from _lift_lines(report.lift, currency=report.currency)
    yield f"meter: {report.meter_verdict}"


def _lift_lines(lift: Lift, *, currency: str) -> Iterator[str]:
    for name, arm in (("offered", lift.offered), ("held out", lift.held_out)):
        yield f"{name} shoppers: {_arm(arm)}"
    ratio = "too few to say" if lift.ratio_p is None else f"{lift.ratio_p:.3f}"
    yield f"sample ratio p: {ratio} (always valid: {lift.always_valid_ratio_p:.3f})"
    for effect in lift.effects:
        yield from _effect_lines(effect, currency=currency)
    yield f"verdict: {lift.verdict}"


def _effect_lines(effect: Effect, *, currency: str) -> Iterator[str]:
    name = effect.metric.value
    yield f"{name}: {_interval(effect.sequence, effect.metric, currency)}, to be read at any time"
    if effect.fixed is not None:
        yield f"  {name} at the planned end: {_interval(effect.fixed, effect.metric, currency)}"
    if effect.visible is not None:
        least = _amount(effect.visible, effect.metric, sign=False)
        yield f"  {name} cannot see effects under: {least} {_unit(effect.metric, currency)}"
    if effect.variance_reduction > 0:
        yield f"  {name} variance taken out by earlier spend: {effect.variance_reduction:.0%}"


def _arm(arm: Arm) -> str:
    waiting = f"; {arm.open_units} may still buy" if arm.open_units else ""
    if not arm.units:
        return f"0{waiting}"
    return f"{arm.units}, bought {arm.bought} ({100 * arm.share.value:.1f} %){waiting}"


def _interval(interval: Interval | None, metric: Metric, currency: str) -> str:
    if interval is None:
        return "not known yet"
    estimate, low, high = (_amount(one, metric) for one in interval)
    return f"{estimate} {_unit(metric, currency)} (95 %: {low} to {high})"


def _amount(value: float, metric: Metric, *, sign: bool = True) -> str:
    shown = 100 * value if metric is Metric.CONVERSION else value
    return f"{shown:+.1f}" if sign else f"{shown:.1f}"


def _unit(metric: Metric, currency: str) -> str:
    return "points" if metric is Metric.CONVERSION else f"minor units {currency} a shopper"
