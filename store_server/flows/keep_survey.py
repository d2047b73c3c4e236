"""Flows: a survey is recorded, taken in from a file, read and cleared.

Recording is two things that meet here: a mark ("this device stands at 4.0, 2.5 until 10:31") and
the batches of gateways. Readings of a marked device are kept in the transaction of their batch,
so a late batch finds its mark and nothing is counted twice.
"""

from collections.abc import Sequence
from datetime import datetime

from proximity_wire.messages import SightingBatch
from store_server.database import UnitOfWork
from store_server.errors import NotFound, Unprocessable
from store_server.flows.rooms import StoreLive, StoreRooms
from store_server.ids import ShopperId
from store_server.presence.repository import SurveyRepository
from store_server.presence.survey import SurveyLine, SurveyMark
from store_server.shoppers.consent import Purpose
from store_server.shoppers.identity import shown_between
from store_server.shoppers.repository import ConsentRepository, IdentityRepository


def mark_survey_of(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,
    shopper: ShopperId,
    mark: SurveyMark,
) -> SurveyMark:
    """Mark whatever this shopper's devices send, rotating ids too; one of the marks.

    For a tag or phone that was enrolled for the survey. Nothing that is kept names the shopper:
    readings stand under the label of the identities.

    Raises:
        NotFound: nobody of that name has an identity.
        Unprocessable: the shopper did not agree to be located, or the mark cannot be.
    """
    owned = IdentityRepository(uow.session, rooms.scope, rooms.vault).of(shopper)
    if not owned:
        raise NotFound("this shopper has no identity; enrol the tag or phone first")
    consents = ConsentRepository(uow.session, rooms.scope)
    if shopper not in consents.allowed_among([shopper], Purpose.LOCATION, at=now):
        raise Unprocessable(
            "this shopper did not agree to be located; record a consent to location first"
        )
    marks = [
        mark._replace(identity=identity, device=one.label)
        for one in owned
        for identity in shown_between(one, from_ms=mark.from_ms, until_ms=mark.until_ms)
    ]
    for one in marks:
        mark_survey(uow, rooms, now=now, mark=one)
    return marks[0]


def mark_survey(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    mark: SurveyMark,
) -> None:
    """From now on readings of this device belong to this place.

    Raises:
        Unprocessable: neither place nor zone, a place off the floor, a span of no time.
        NotFound: the zone is not on the plan.
    """
    plan = uow.live.plan
    if mark.until_ms <= mark.from_ms:
        raise Unprocessable("until must lie after from; a point takes 20 s or more")
    if mark.zone is not None and plan.zone(mark.zone) is None:
        known = ", ".join(zone.id for zone in plan.zones)
        raise NotFound(f"zone {mark.zone!r} is not on the plan; must be one of {known}")
    if mark.x is None or mark.y is None:
        if mark.zone is None:
            raise Unprocessable("must say where: x and y in metres, or a zone")
    elif not (0 <= mark.x <= plan.width_m and 0 <= mark.y <= plan.height_m):
        raise Unprocessable(
            f"[{mark.x}, {mark.y}] is off the floor; x must be 0..{plan.width_m} m, "
            f"y 0..{plan.height_m} m"
        )
    SurveyRepository(uow.session, rooms.scope).add_mark(mark)


def keep_survey_readings(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, batch: SightingBatch
) -> int:
    """Keep what a batch says of devices under survey; how many rows that were."""
    if not batch.rows:
        return 0
    survey = SurveyRepository(uow.session, rooms.scope)
    marks = survey.marks(
        from_ms=min(row.last_at_ms for row in batch.rows),
        until_ms=max(row.last_at_ms for row in batch.rows),
    )
    if not marks:
        return 0
    lines = [
        SurveyLine(
            row.last_at_ms / 1000,
            batch.gateway,
            mark.name,
            row.rssi_mean_dbm,
            mark.x,
            mark.y,
            mark.zone,
            row.measured_power_dbm,
        )
        for row in batch.rows
        if (mark := _mark_of(marks, row.identity, row.last_at_ms)) is not None
    ]
    survey.add_readings(lines)
    return len(lines)


def take_survey(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    lines: Sequence[SurveyLine],
) -> int:
    """Keep readings from a file; how many. The same file twice changes nothing."""
    SurveyRepository(uow.session, rooms.scope).add_readings(lines)
    return len(lines)


def clear_survey(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> int:
    """Delete the survey; how many readings it had."""
    return SurveyRepository(uow.session, rooms.scope).clear()


def show_survey_readings(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
) -> list[SurveyLine]:
    """Every reading of the survey."""
    return SurveyRepository(uow.session, rooms.scope).readings()


def show_survey_heard(
    uow: UnitOfWork[StoreLive],
    rooms: StoreRooms,
    *,
    now: datetime,  # noqa: ARG001 - every flow is given the time
    mark: SurveyMark,
) -> dict[str, int]:
    """How many readings each gateway gave of a marked device so far."""
    survey = SurveyRepository(uow.session, rooms.scope)
    return survey.heard_since(mark.name, from_ms=mark.from_ms)


def _mark_of(marks: Sequence[SurveyMark], identity: str, at_ms: int) -> SurveyMark | None:
    """The newest mark of a device at a time."""
    fitting = [
        mark
        for mark in marks
        if mark.identity == identity and mark.from_ms <= at_ms <= mark.until_ms
    ]
    return fitting[-1] if fitting else None
