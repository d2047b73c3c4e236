"""The units that are compared: whose, from which decision, and what was credited to it."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.decisions.decision import Arm, Outcome
from store_server.decisions.tables import DecisionRow
from store_server.ids import CampaignId, Scope
from store_server.presence.tables import VisitRow
from store_server.redemptions.tables import CreditRow
from store_server.reports.attribution_table import Credited
from store_server.reports.repository.real_shoppers import is_real
from store_server.reports.unit_ledger import Promotion
from store_server.shoppers.tables import ShopperRow

NO_CATEGORIES: Mapping[str, str] = {}


class Span(NamedTuple):
    """Decisions from `since` (included) to `until`, of a campaign; None: no limit."""

    since: datetime | None = None
    until: datetime | None = None
    campaign: CampaignId | None = None


class UnitRepository:
    """The units of one store's decisions."""

    def __init__(self, session: Session, scope: Scope, *, simulated: bool = False) -> None:
        """With `simulated` those who are walked by hand count too: the whole store is so."""
        self._session = session
        self._scope = scope
        self._simulated = simulated

    def promotions(
        self, span: Span, categories: Mapping[str, str] = NO_CATEGORIES
    ) -> list[Promotion]:
        """The first promoting decision of each unit in the span, oldest first.

        Of one campaign compared is what was offered; of all of them, who may be offered anything:
        what one campaign holds back, another may offer. `categories`: by offer.
        """
        rows = self._rows(span)
        credited = self._credited(span)
        first_ever = self._first_ever() if span.since or span.campaign else {}
        homes = members_of(self._session, self._scope, {row[2] for row in rows if row[2]})
        found: dict[str, Promotion] = {}
        for (
            name,
            shopper,
            household,
            at_ms,
            group,
            channel,
            variants,
            campaign,
            offer,
            zone,
            ended_ms,
        ) in rows:
            unit = unit_name(shopper, household)
            if unit not in found:
                found[unit] = Promotion(
                    decision=name,
                    unit=unit,
                    members=tuple(sorted({shopper, *homes.get(household, ())})),
                    at_ms=at_ms,
                    treated=group in (Outcome.OFFERED, Arm.OFFER),
                    channel=channel,
                    variants=_variants(variants),
                    campaign=campaign or "",
                    store=self._scope.store,
                    zone=zone,
                    visit_ended_at_ms=ended_ms,
                    bought_units=credited.get(name, 0),
                    categories=frozenset({categories[offer]} if offer in categories else ()),
                    first_ever_ms=first_ever.get(unit),
                )
        return list(found.values())

    def _first_ever(self) -> Mapping[str, int]:
        """When each unit had its first promoting decision of all."""
        at_ms, shopper, household = (
            col(DecisionRow.at_ms),
            col(DecisionRow.shopper),
            col(DecisionRow.household),
        )
        rows = self._session.execute(
            select(shopper, household, func.min(at_ms))
            .where(*self._decided(Span()))
            .group_by(shopper, household)
        )
        found: dict[str, int] = {}
        for who, home, first_ms in rows:
            unit = unit_name(who, home)
            found[unit] = min(first_ms, found.get(unit, first_ms))
        return found

    def credited(self, span: Span) -> Mapping[str, Credited]:
        """Baskets credited to decisions that were offered, by kind of credit."""
        rows = self._session.execute(
            select(col(CreditRow.kind), func.count(), func.sum(col(CreditRow.amount_minor)))
            .join(DecisionRow, _decision_of_credit())
            .where(*self._decided(span), col(DecisionRow.outcome) == Outcome.OFFERED)
            .group_by(col(CreditRow.kind))
        )
        return {kind: Credited(int(count), int(amount)) for kind, count, amount in rows}

    def _rows(self, span: Span) -> Sequence[Any]:
        """Every promoting decision of the span, oldest first, with the end of its visit."""
        decision, visit = DecisionRow, VisitRow
        return self._session.execute(
            select(
                col(decision.id),
                col(decision.shopper),
                col(decision.household),
                col(decision.at_ms),
                col(decision.outcome) if span.campaign else col(decision.arm),
                col(decision.channel),
                col(decision.variants),
                col(decision.campaign),
                col(decision.offer),
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
            .where(*self._decided(span))
            .order_by(col(decision.at_ms), col(decision.id))
        ).all()

    def _credited(self, span: Span) -> Mapping[str, int]:
        """Promoted units bought within the window, by decision."""
        rows = self._session.execute(
            select(col(CreditRow.decision), func.sum(col(CreditRow.units)))
            .join(DecisionRow, _decision_of_credit())
            .where(*self._decided(span), col(CreditRow.in_window).is_(True))
            .group_by(col(CreditRow.decision))
        )
        return {decision: int(units) for decision, units in rows}

    def _decided(self, span: Span) -> Iterable[ColumnElement[bool]]:
        at_ms = col(DecisionRow.at_ms)
        yield col(DecisionRow.org) == self._scope.org
        yield col(DecisionRow.store) == self._scope.store
        if not self._simulated:
            yield is_real(DecisionRow.shopper)
        yield col(DecisionRow.outcome) != Outcome.NOTHING
        yield col(DecisionRow.offer).is_not(None)
        if span.since is not None:
            yield at_ms >= to_ms(span.since)
        if span.until is not None:
            yield at_ms < to_ms(span.until)
        if span.campaign is not None:
            yield col(DecisionRow.campaign) == span.campaign


def members_of(
    session: Session, scope: Scope, households: Collection[str]
) -> Mapping[str, list[str]]:
    """Who lives in these households."""
    found: dict[str, list[str]] = {}
    if households:
        rows = session.execute(
            select(col(ShopperRow.household), col(ShopperRow.shopper)).where(
                col(ShopperRow.org) == scope.org, col(ShopperRow.household).is_not(None)
            )
        )
        for household, shopper in rows:
            if household in households:
                found.setdefault(household, []).append(shopper)
    return found


def unit_name(shopper: str, household: str | None) -> str:
    """What a unit is called in results."""
    return f"household {household}" if household else f"shopper {shopper}"


def _variants(text: str) -> tuple[str, ...]:
    """The arms of experiments that a decision was drawn into, each as "experiment: arm"."""
    return tuple(": ".join(one) for one in json.loads(text)) if text != "[]" else ()


def _decision_of_credit() -> ColumnElement[bool]:
    return and_(
        col(DecisionRow.org) == col(CreditRow.org),
        col(DecisionRow.store) == col(CreditRow.store),
        col(DecisionRow.id) == col(CreditRow.decision),
    )
