"""A store without doors: what `serve` and every command work on.

A migrated database, the live state loaded from it, a writer and a reader. Taken down in the
reverse order: what is queued is finished, then the database is closed.
"""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog

from store_server import migrations
from store_server.bootstrap.choose_engine import engine_for
from store_server.clock import SystemClock
from store_server.database import Database, UnitOfWork, check_reachable, open_database
from store_server.errors import ConfigError
from store_server.first_run import Secrets
from store_server.fleet.repository import AdmissionRepository
from store_server.flows.restore_presence import restore_presence
from store_server.flows.roll_identities import roll_identities
from store_server.flows.rooms import EngineBuilder, Ground, Policy, StoreLive, StoreRooms
from store_server.learning.effect_table import EffectBook
from store_server.learning.offer_effect import OfferEffects
from store_server.learning.purchase_model import PurchaseModel
from store_server.learning.repository import OfferEffectRepository, PurchaseRepository
from store_server.offers.catalogue import catalogue_of
from store_server.offers.repository import OfferRepository
from store_server.presence.engine import PresenceEngine
from store_server.presence.nearest_anchor import NearestAnchor
from store_server.presence.policy import PresencePolicy
from store_server.presence.repository import SurveyRepository
from store_server.presence.survey import SurveyLine
from store_server.settings import Settings
from store_server.shop.floor_plan import FloorPlan
from store_server.shop.repository import PlanRepository
from store_server.shop.store_profile import Store
from store_server.shoppers.identity import IdentityTable
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository import SegmentRepository
from store_server.shoppers.segments.segment import book_of
from store_server.writer import Priority, Reader, Writer

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class OpenStore:
    """A store without doors: what commands work on."""

    settings: Settings
    secrets: Secrets
    database: Database
    rooms: StoreRooms
    writer: Writer[StoreLive]
    reader: Reader[StoreLive]


@contextlib.contextmanager
def open_store(settings: Settings) -> Iterator[OpenStore]:
    """A store with its database migrated, its state loaded and its writer running.

    Raises:
        ConfigError: the secrets or the database do not fit the settings.
        Unreachable: the database does not answer.
    """
    secrets = Secrets(settings.state_dir)
    secrets.prepare()
    database = open_database(settings.database_url)
    try:
        check_reachable(database)
        migrations.upgrade(database.write)
        rooms = _load_rooms(settings, database, secrets)
        writer: Writer[StoreLive] = Writer(database.write, rooms)
        writer.start()
        try:
            reader: Reader[StoreLive] = Reader(database.read, rooms)
            writer.submit(Priority.APP, roll_identities).result()
            yield OpenStore(settings, secrets, database, rooms, writer, reader)
        finally:
            writer.stop()
    finally:
        database.close()


@contextlib.contextmanager
def read_store(settings: Settings) -> Iterator[Reader[StoreLive]]:
    """A store to be looked at, also while its server runs: nothing is written, nothing migrated.

    One that was never opened is made first, as `serve` would.

    Raises:
        ConfigError: the database is of another version.
        Unreachable: the database does not answer.
    """
    secrets = Secrets(settings.state_dir)
    database = open_database(settings.database_url)
    try:
        check_reachable(database)
        found, wanted = migrations.revision_of(database.read), migrations.newest_revision()
        if found == wanted and secrets.path("data.key").exists():
            yield Reader(database.read, _load_rooms(settings, database, secrets))
            return
    finally:
        database.close()
    if found not in (None, wanted):
        raise ConfigError(
            f"[database] is at revision {found}, this version reads {wanted}; "
            "run `store-server migrate`, or the version that serves it"
        )
    with open_store(settings) as store:
        yield store.reader


def _load_rooms(settings: Settings, database: Database, secrets: Secrets) -> StoreRooms:
    scope = settings.scope
    empty = FloorPlan(scope.store, str(scope.store), 0.0, 0.0)
    engine = NearestAnchor(empty, scope=scope, policy=PresencePolicy())
    rooms = StoreRooms(
        scope=scope,
        live=StoreLive(empty, engine, IdentityTable.build((), 0), catalogue_of((), ())),
        policy=_policy(settings, None),
        purchases=PurchaseModel(),
        vault=KeyVault(secrets.data_key()),
        clock=SystemClock(),
        coupon_secrets=secrets.coupon_secrets(),
    )
    Reader(database.read, rooms).read(_load_live, settings=settings)
    start_at = settings.start_at or datetime.now(UTC)
    rooms.live = Reader(database.read, rooms).read(restore_presence, start_at=start_at)
    return rooms


def _load_live(
    uow: UnitOfWork[StoreLive], rooms: StoreRooms, *, now: datetime, settings: Settings
) -> None:
    """Plan, catalogue and taste out of the database, into rooms that nobody else sees yet."""
    del now
    found = PlanRepository(uow.session, rooms.scope).load()
    store, plan = found if found else (None, rooms.live.plan)
    rooms.policy = _policy(settings, store)
    survey = SurveyRepository(uow.session, rooms.scope)
    offers = OfferRepository(uow.session, rooms.scope)
    rooms.live = StoreLive(
        plan=plan,
        presence=engines_of(settings, rooms)(plan, survey.readings()),
        ground=Ground(plan, survey.stamp()),
        identities=rooms.live.identities,
        catalogue_stamp=offers.stamp(),
        catalogue=offers.load_catalogue(),
        revoked=AdmissionRepository(uow.session, rooms.scope).revoked(),
        segments=book_of(SegmentRepository(uow.session, rooms.scope).all()),
    )
    for basket in PurchaseRepository(uow.session, rooms.scope).load_baskets():
        rooms.purchases.update(basket.shopper, basket.at, basket.categories)
        rooms.complements.update(sorted(basket.categories))
    known = OfferEffectRepository(uow.session, rooms.scope).load()
    rooms.effects = EffectBook(OfferEffects(known))
    if found is None:
        log.warning("no floor plan yet; load one with `store-server seed PLAN.toml`")


def engines_of(settings: Settings, rooms: StoreRooms) -> EngineBuilder:
    """What builds the engine of this store; `rooms` with their policy."""
    policy = rooms.policy.presence

    def build(plan: FloorPlan, survey: Sequence[SurveyLine]) -> PresenceEngine:
        name = settings.presence.engine
        return engine_for(plan, name=name, scope=rooms.scope, policy=policy, survey=survey)

    return build


def _policy(settings: Settings, store: Store | None) -> Policy:
    """What rules go by; sections and policies share names, so a new key needs no line here."""
    return Policy(
        clock=settings.clock.mode,
        timezone=store.timezone if store else "UTC",
        currency=store.currency if store else "EUR",
        hours=(store.opens, store.closes) if store else None,
        presence=PresencePolicy(**settings.presence.model_dump(exclude={"engine"})),
        raw_hours=settings.privacy.raw_hours,
        counting=settings.privacy.counting,
        **settings.decisions.model_dump(),
        **settings.reports.model_dump(),
        **settings.till.model_dump(exclude={"drop_folder"}),
        zone_claims=frozenset(settings.pull.zone_claims),
    )
