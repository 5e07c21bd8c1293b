"""``/metrics`` as Prometheus reads it, and the same as JSON. A database that is gone takes only its figures along."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, Iterator

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from xbot_assets.domain.clock import system_now
from xbot_assets.domain.failures import ProductError
from xbot_assets.domain.figures import Figure, Sample, document_of
from xbot_assets.service.health.components import Verdict, is_ready
from xbot_assets.service.health.connections import Connections
from xbot_assets.steps.operations.figures import Moment, figures

_log = logging.getLogger(__name__)
Family = CounterMetricFamily | GaugeMetricFamily


def figure_routes(connections: Connections, check: Callable[[], Awaitable[list[Verdict]]]) -> list[Route]:
    """Return the two routes. ``check`` returns the components' verdicts."""

    async def samples() -> list[Sample]:
        verdicts = await check()
        return [*_of_components(verdicts), *await asyncio.to_thread(_of_database, connections)]

    async def metrics(_request: Request) -> Response:
        return Response(as_text(await samples()), media_type=CONTENT_TYPE_LATEST)

    async def metrics_json(_request: Request) -> Response:
        return JSONResponse({"at": system_now().isoformat(), "figures": document_of(await samples())})

    return [Route("/metrics", metrics), Route("/api/metrics.json", metrics_json)]


def as_text(samples: Iterable[Sample]) -> bytes:
    """Return samples in Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_Given(samples))
    return generate_latest(registry)


class _Given(Collector):
    """Hands over samples that were read already."""

    def __init__(self, samples: Iterable[Sample]) -> None:
        self._samples = list(samples)

    def collect(self) -> Iterator[Family]:
        """Return every figure that has a sample."""
        for figure in Figure:
            own = [sample for sample in self._samples if sample.figure is figure]
            if own:
                yield _family(figure, own)


def _family(figure: Figure, samples: Iterable[Sample]) -> Family:
    kind = CounterMetricFamily if figure.kind == "counter" else GaugeMetricFamily
    family = kind(figure.metric, figure.about, labels=figure.labels)
    for sample in samples:
        family.add_metric(sample.labels, float(sample.value))
    return family


def _of_components(verdicts: list[Verdict]) -> list[Sample]:
    """Return what the pings say; a component that is switched off says nothing."""
    known = [verdict for verdict in verdicts if verdict.state != "off"]
    ready = [Sample(Figure.COMPONENT_READY, verdict.state == "ok", (verdict.name,)) for verdict in known]
    return [Sample(Figure.READY, is_ready(verdicts)), *ready]


def _of_database(connections: Connections) -> list[Sample]:
    try:
        settings, database = connections.settings(), connections.database()
        return figures(Moment(database, settings, connections.clock().now(), system_now()))
    except ProductError as failure:
        # Whoever reads them sees that the component is not ready; figures that cannot be read are absent.
        _log.warning("Figures of the database: %s", failure.reason)
        return []
