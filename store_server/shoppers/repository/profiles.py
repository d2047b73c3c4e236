"""Profiles of shoppers, gathered from all that is kept of them: rows of the organisation."""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.database import upsert
from store_server.ids import HouseholdId, Scope, ShopperId
from store_server.shoppers.attributes import AttributeValue
from store_server.shoppers.profile import LifeStage, Profile, Rfm, Standing
from store_server.shoppers.repository.attributes import AttributeRepository
from store_server.shoppers.repository.rows import CHUNK_ROWS, chunks
from store_server.shoppers.tables import ShopperProfileRow, ShopperRow

_ROW = ShopperProfileRow
_BANDS = ("recency_band", "frequency_band", "monetary_band")
_STANDING = ("stage", "churn_risk", "next_visit_days", "value_band", "lifetime_value_minor")
_SAID = ("channels", "excluded", "open_complaints", "staff")

# Asked for every decision: prepared once.
_OF = (
    select(
        col(ShopperRow.shopper),
        col(ShopperRow.household),
        col(ShopperRow.language),
        col(ShopperRow.random_bucket),
        *(getattr(_ROW, name) for name in (*_STANDING, *_BANDS, *_SAID)),
    )
    .join(
        _ROW,
        (col(_ROW.org) == col(ShopperRow.org)) & (col(_ROW.shopper) == col(ShopperRow.shopper)),
        isouter=True,
    )
    .where(
        col(ShopperRow.org) == bindparam("org"),
        col(ShopperRow.shopper).in_(bindparam("shoppers", expanding=True)),
    )
)


class ProfileRepository:
    """Shoppers as customers."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._scope = scope

    def of(self, shoppers: Iterable[str]) -> dict[ShopperId, Profile]:
        """The profiles of the known ones of these shoppers."""
        wanted = sorted(set(shoppers))
        attributes = AttributeRepository(self._session, self._scope).of(wanted)
        found: dict[ShopperId, Profile] = {}
        for chunk in chunks(wanted):
            asked = {"org": self._scope.org, "shoppers": chunk}
            for row in self._session.connection().execute(_OF, asked):
                found[row.shopper] = _profile(row, attributes.get(row.shopper, {}))
        return found

    def save(self, profiles: Iterable[Profile], *, at: datetime) -> None:
        """Keep what was worked out and said of shoppers; attributes are `AttributeRepository`'s."""
        rows = [self._values(one, at) for one in profiles]
        for start in range(0, len(rows), CHUNK_ROWS):
            chunk = rows[start : start + CHUNK_ROWS]
            upsert(self._session, _ROW, chunk, keys=["org", "shopper"])

    def _values(self, profile: Profile, at: datetime) -> dict[str, object]:
        standing, rfm = profile.standing, profile.standing.rfm
        bands = (None,) * 3 if rfm is None else (rfm.recency, rfm.frequency, rfm.monetary)
        return {
            "org": self._scope.org,
            "shopper": profile.shopper,
            "stage": None if standing.stage is None else standing.stage.value,
            "churn_risk": standing.churn_risk,
            "next_visit_days": standing.next_visit_days,
            **dict(zip(_BANDS, bands, strict=True)),
            "value_band": standing.value_band,
            "lifetime_value_minor": standing.lifetime_value_minor,
            "channels": _listed(profile.channels),
            "excluded": _listed(profile.excluded),
            "open_complaints": profile.open_complaints,
            "staff": profile.staff,
            "known_at_ms": to_ms(at),
        }


def _listed(names: Iterable[str]) -> str:
    # No blanks: a segment looks for "name" with its quotes in this text.
    return json.dumps(sorted(names), separators=(",", ":"), ensure_ascii=False)


def _profile(row: Row[Any], attributes: Mapping[str, AttributeValue]) -> Profile:
    rfm = None
    if row.recency_band is not None:
        rfm = Rfm(row.recency_band, row.frequency_band, row.monetary_band)
    return Profile(
        shopper=ShopperId(row.shopper),
        household=None if row.household is None else HouseholdId(row.household),
        language=row.language,
        attributes=attributes,
        standing=Standing(
            stage=None if row.stage is None else LifeStage(row.stage),
            churn_risk=row.churn_risk,
            next_visit_days=row.next_visit_days,
            rfm=rfm,
            value_band=row.value_band,
            lifetime_value_minor=row.lifetime_value_minor,
        ),
        channels=frozenset(json.loads(row.channels or "[]")),
        excluded=frozenset(json.loads(row.excluded or "[]")),
        open_complaints=row.open_complaints or 0,
        staff=bool(row.staff),
        random_bucket=row.random_bucket,
    )
