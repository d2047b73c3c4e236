"""Who came into play in an experiment: the first such decision of each unit, from the log."""

import json
from collections.abc import Collection, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.decisions.decision import Arm, Outcome
from store_server.decisions.tables import DecisionRow, ExperimentUnitRow
from store_server.ids import Scope
from store_server.offers.experiment import Experiment
from store_server.presence.tables import VisitRow
from store_server.reports.repository.unit_log import members_of, unit_name
from store_server.reports.unit_ledger import Promotion


class Exposure(NamedTuple):
    """The first decision of a unit in which an experiment was in play, its arm and phase."""

    promotion: Promotion
    arm: str
    phase: int


class Exposures(NamedTuple):
    """One for each unit, oldest first; `mixed`: how many were seen in another arm later."""

    first: list[Exposure]
    mixed: int


class ExposureRepository:
    """Decisions of one store in which an experiment was in play."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def of(self, experiment: Experiment, categories: Collection[str]) -> Exposures:
        """Everybody whom it concerned, whatever was decided; not who is held out.

        Args:
            experiment: one that was started.
            categories: what counts as bought, the same for every arm.
        """
        phases = self._phases(experiment)
        rows = self._rows(experiment)
        homes = members_of(self._session, self._scope, {row[2] for row in rows if row[2]})
        found: dict[str, Exposure] = {}
        mixed: set[str] = set()
        for name, shopper, household, at_ms, channel, variants, campaign, zone, ended_ms in rows:
            unit, arm = unit_name(shopper, household), dict(json.loads(variants))[experiment.id]
            if unit in found:
                if found[unit].arm != arm:
                    mixed.add(unit)
                continue
            drawn = phases.get(f"h:{household}" if household else f"s:{shopper}")
            promotion = Promotion(
                decision=name,
                unit=unit,
                members=tuple(sorted({shopper, *homes.get(household, ())})),
                at_ms=at_ms,
                treated=True,
                channel=channel,
                campaign=campaign or "",
                store=self._scope.store,
                zone=zone,
                visit_ended_at_ms=ended_ms,
                bought_units=0,
                categories=frozenset(categories),
            )
            phase = drawn if drawn is not None else _phase_at(experiment, at_ms)
            found[unit] = Exposure(promotion, arm, phase)
        return Exposures(list(found.values()), len(mixed))

    def _phases(self, experiment: Experiment) -> dict[str, int]:
        """The phase in which each unit was given its arm, in whatever store."""
        rows = self._session.execute(
            select(col(ExperimentUnitRow.unit), col(ExperimentUnitRow.phase)).where(
                col(ExperimentUnitRow.org) == self._scope.org,
                col(ExperimentUnitRow.experiment) == experiment.id,
            )
        )
        return {row[0]: row[1] for row in rows}

    def _rows(self, experiment: Experiment) -> Sequence[Any]:
        decision, visit = DecisionRow, VisitRow
        return self._session.execute(
            select(
                col(decision.id),
                col(decision.shopper),
                col(decision.household),
                col(decision.at_ms),
                col(decision.channel),
                col(decision.variants),
                col(decision.campaign),
                col(decision.zone),
                col(visit.ended_at_ms),
            )
            .join_from(
                decision,
                visit,
                and_(
                    col(visit.org) == col(decision.org),
                    col(visit.store) == col(decision.store),
                    col(visit.visit) == col(decision.visit_id),
                ),
                isouter=True,
            )
            .where(
                col(decision.org) == self._scope.org,
                col(decision.store) == self._scope.store,
                col(decision.at_ms) >= to_ms(experiment.phases[0].starts_at),
                col(decision.variants).contains(f'["{experiment.id}",', autoescape=True),
                col(decision.arm) != Arm.HOLDOUT,
                col(decision.outcome) != Outcome.HELD_OUT,
            )
            .order_by(col(decision.at_ms), col(decision.id))
        ).all()


def _phase_at(experiment: Experiment, at_ms: int) -> int:
    started = [n for n, one in enumerate(experiment.phases) if to_ms(one.starts_at) <= at_ms]
    return started[-1] if started else 0
