"""The result of a run as one flat table of stable names: printed, and the same as JSON.

None means: cannot be said (nobody of that kind came, no offer was made), and is printed as "-".
"""

from collections.abc import Mapping
from dataclasses import dataclass

from firmware_sim.drive import Driven
from firmware_sim.events import DeviceKind
from firmware_sim.latency import Latencies
from firmware_sim.progress import Progress
from firmware_sim.retailer import Counts
from firmware_sim.scenario import Scenario
from firmware_sim.score import ZoneScore
from firmware_sim.spools import SpoolState

Value = int | float | str | None
Summary = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Results:
    """Everything that a finished run knows."""

    scenario: Scenario
    driven: Driven
    wall_s: float
    counts: Counts
    latencies: Latencies
    progress: Progress
    report: Mapping[str, object]
    scores: Mapping[DeviceKind, ZoneScore]
    true_visits: int
    true_lift: float | None
    webhooks_refused: int
    spools: SpoolState | None


def summarise(results: Results) -> Summary:
    """All figures, in the order in which they are printed."""
    summary: Summary = {
        "scenario": results.scenario.name,
        "seed": results.scenario.seed,
        "simulated_s": results.driven.ticks,
        "wall_s": round(results.wall_s, 1),
    }
    summary |= _people(results)
    summary |= _flow(results)
    summary |= _zones(results)
    summary |= _decisions(results.progress)
    summary |= _offers(results)
    summary |= _lift(results)
    broken = broken_invariants(results)
    summary["invariants_broken"] = len(broken)
    return summary


def live_figures(driven: Driven, counts: Counts, latencies: Latencies) -> Summary:
    """The figures that are known while a run goes on."""
    figures: Summary = {
        "simulated_s": driven.ticks,
        "adverts_sent": driven.adverts_sent,
        "adverts_heard": driven.adverts_heard,
        "app_reports": counts.reports,
    }
    progress = driven.progress
    if progress is not None:
        figures |= {
            "sightings": progress.counts.get("sightings", 0),
            "batches_applied": sum(one.applied for one in progress.gateways.values()),
            "zone_events": progress.counts.get("zone_events", 0),
        }
        figures |= _decisions(progress)
    return figures | {
        "delivered": counts.webhooks,
        "opened": counts.opened,
        "baskets": counts.baskets,
        "redeemed": counts.redeemed,
        "latency_p50_ms": _rounded(latencies.percentile(0.5)),
    }


def broken_invariants(results: Results) -> list[str]:
    """What does not add up, in words; empty when all is well."""
    broken = []
    applied = _applied(results.progress)
    spools = results.spools
    if spools is not None and spools.pending:
        broken.append(f"{spools.pending} batches are still in the gateways' spools")
    if spools is not None and spools.emitted != applied:
        broken.append(f"{spools.emitted} batches were emitted, {applied} applied or quarantined")
    if not results.driven.caught_up:
        broken.append("the store had not caught up with the last tick")
    if results.webhooks_refused:
        broken.append(f"{results.webhooks_refused} webhooks had no good signature")
    quarantined = sum(one.quarantined for one in results.progress.gateways.values())
    if quarantined:
        broken.append(f"{quarantined} batches were quarantined")
    if results.counts.redeemed > results.counts.opened + results.counts.shown:
        broken.append("more coupons were redeemed than offers were seen")
    return broken


def lines(summary: Summary) -> list[str]:
    """One `name: value` a line, for a file or a pipe."""
    return [f"{name}: {'-' if value is None else value}" for name, value in summary.items()]


def _people(results: Results) -> Summary:
    kinds = results.scenario.people.kinds
    return {
        "phones_that_hear": sum(count for kind, count in kinds.items() if kind.ranges),
        "devices_that_are_heard": sum(count for kind, count in kinds.items() if kind.advertises),
    }


def _flow(results: Results) -> Summary:
    gateways = results.progress.gateways.values()
    counts = results.progress.counts
    return {
        "adverts_sent": results.driven.adverts_sent,
        "adverts_heard": results.driven.adverts_heard,
        "app_reports": results.counts.reports,
        "app_reports_failed": results.counts.reports_failed,
        "sightings": counts.get("sightings", 0),
        "unknown_identities": counts.get("unknown_identities", 0),
        "not_consented": counts.get("not_consented", 0),
        "batches_emitted": results.spools.emitted if results.spools else None,
        "batches_applied": sum(one.applied for one in gateways),
        "batches_duplicate": sum(one.duplicates for one in gateways),
        "batches_quarantined": sum(one.quarantined for one in gateways),
        "batches_pending": results.spools.pending if results.spools else None,
    }


def _zones(results: Results) -> Summary:
    figures: Summary = {}
    for kind, score in results.scores.items():
        figures[f"zone_accuracy_{kind}"] = _rounded(score.accuracy, 3)
        figures[f"zone_claimed_{kind}"] = _rounded(score.coverage, 3)
    together = sum(results.scores.values(), ZoneScore())
    figures["zone_accuracy"] = _rounded(together.accuracy, 3)
    counts = results.progress.counts
    return figures | {
        "zone_events": counts.get("zone_events", 0),
        "visits": counts.get("visits", 0),
        "visits_true": results.true_visits,
        "first_dot_s": _rounded(results.driven.first_dot_s, 1),
    }


def _decisions(progress: Progress) -> Summary:
    figures: Summary = {"decisions": sum(progress.decisions.values())}
    figures |= {f"decisions_{name}": count for name, count in progress.decisions.items()}
    figures |= {f"reason_{name}": count for name, count in progress.reasons.items()}
    return figures


def _offers(results: Results) -> Summary:
    outbox, counts = results.progress.outbox, results.counts
    return {
        "delivered": outbox.get("delivered", 0),
        "webhooks_received": counts.webhooks,
        "webhooks_refused": results.webhooks_refused,
        "opened": counts.opened,
        "asked": counts.asked,
        "shown_on_asking": counts.shown,
        "expired": outbox.get("expired", 0),
        "dead": outbox.get("dead", 0),
        "outbox_pending": outbox.get("queued", 0) + outbox.get("sending", 0),
        "coupons_issued": results.progress.decisions.get("offered", 0),
        "baskets": counts.baskets,
        "redeemed": counts.redeemed,
        "coupons_refused": counts.refused,
        "latency_p50_ms": _rounded(results.latencies.percentile(0.5)),
        "latency_p99_ms": _rounded(results.latencies.percentile(0.99)),
    }


def _lift(results: Results) -> Summary:
    lift = results.report.get("lift")
    table: Mapping[str, object] = lift if isinstance(lift, dict) else {}
    share = table.get("share")
    interval: Mapping[str, object] = share if isinstance(share, dict) else {}
    return {
        "lift_points": _points(interval.get("estimate")),
        "lift_low_points": _points(interval.get("low")),
        "lift_high_points": _points(interval.get("high")),
        "true_lift_points": _points(results.true_lift),
        "lift_says": _text(table.get("verdict")),
    }


def _applied(progress: Progress) -> int:
    """Batches that are done with: applied, or taken and quarantined."""
    return sum(one.applied + one.quarantined for one in progress.gateways.values())


def _points(share: object) -> float | None:
    return round(100 * share, 1) if isinstance(share, int | float) else None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _rounded(value: float | None, digits: int = 0) -> float | int | None:
    if value is None:
        return None
    return round(value, digits) if digits else round(value)
