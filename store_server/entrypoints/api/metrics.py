"""The store's counters in the Prometheus text format: read from the live state, naming nobody."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from store_server.entrypoints.context import ServerContext
from store_server.flows.rooms import StoreLive


class StoreCollector(Collector):
    """What is counted of one store, as of the last publication."""

    def __init__(self, context: ServerContext) -> None:
        self._context = context

    def collect(self) -> Iterator[Metric]:
        """Every metric once."""
        live = self._context.rooms.live
        yield from _counters(live)
        yield from _gateways(live)
        yield _gauge(
            "writer_waiting", "Flows waiting for the writer.", self._context.writer.waiting
        )
        yield _gauge("pending_observations", "Not reached by the event clock.", len(live.pending))
        yield _gauge("devices_present", "Devices believed present.", len(live.presence.devices()))
        yield _gauge("visits_open", "Visits that are not over.", len(live.visits.open))


def metrics_text(context: ServerContext) -> tuple[str, str]:
    """The metrics page and its media type."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(StoreCollector(context))
    return generate_latest(registry).decode(), CONTENT_TYPE_LATEST


def _counters(live: StoreLive) -> Iterator[Metric]:
    """`decisions.offered` becomes beaconry_decisions_total{kind="offered"}."""
    families: dict[str, CounterMetricFamily] = {}
    for name, count in sorted(live.counters.values.items()):
        room, _, kind = name.partition(".")
        family = families.get(room)
        if family is None:
            text = f"{room.replace('_', ' ').capitalize()} since the store's first day."
            family = CounterMetricFamily(f"beaconry_{room}", text, labels=["kind"])
            families[room] = family
        family.add_metric([kind or "all"], count)
    yield from families.values()


def _gateways(live: StoreLive) -> Iterator[Metric]:
    online = sum(gateway.online for gateway in live.gateways.values())
    yield _gauge("gateways_online", "Gateways that say they are online.", online)
    for field, text in (
        ("applied_batches", "Batches applied."),
        ("duplicates", "Batches that came again."),
        ("quarantined", "Batches refused."),
    ):
        family = CounterMetricFamily(f"beaconry_gateway_{field}", text, labels=["gateway"])
        for name, gateway in sorted(live.gateways.items()):
            family.add_metric([name], getattr(gateway, field))
        yield family


def _gauge(name: str, text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"beaconry_{name}", text, value=value)
