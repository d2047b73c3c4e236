"""Parts of profiles, each changed by its own writer and by nobody else: rows of the organisation.

What was worked out is overwritten every night, what the shopper said stays until they say
otherwise: so neither may write the whole row.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from store_server.clock import to_ms
from store_server.database import insert_new
from store_server.ids import Scope
from store_server.shoppers.profile import Standing
from store_server.shoppers.tables import ShopperProfileRow

_ROW = ShopperProfileRow


class ProfilePartRepository:
    """The columns of a profile."""

    def __init__(self, session: Session, scope: Scope) -> None:
        self._session = session
        self._org = scope.org

    def set_standings(self, standings: Mapping[str, Standing], *, at: datetime) -> None:
        """Keep what was worked out of these shoppers; an empty standing takes it away."""
        self._change({shopper: _columns(one) for shopper, one in standings.items()}, at=at)

    def set_excluded(self, shopper: str, excluded: Iterable[str], *, at: datetime) -> None:
        """Keep what a shopper never wants to see, in the place of what they said before."""
        # No blanks: a segment looks for "name" with its quotes in this text.
        listed = json.dumps(sorted(set(excluded)), separators=(",", ":"), ensure_ascii=False)
        self._change({shopper: {"excluded": listed}}, at=at)

    def set_open_complaints(self, shopper: str, number: int, *, at: datetime) -> None:
        """Keep how many complaints of a shopper are open."""
        self._change({shopper: {"open_complaints": number}}, at=at)

    def _change(self, changes: Mapping[str, Mapping[str, object]], *, at: datetime) -> None:
        """Change columns, the same ones for each of these shoppers."""
        if not changes:
            return
        empty: list[dict[str, object]] = [
            {
                "org": self._org,
                "shopper": shopper,
                "channels": "[]",
                "excluded": "[]",
                "open_complaints": 0,
                "staff": False,
                "known_at_ms": to_ms(at),
            }
            for shopper in changes
        ]
        insert_new(self._session, _ROW, empty)
        columns = next(iter(changes.values()))
        statement = (
            update(_ROW)
            .where(col(_ROW.org) == self._org, col(_ROW.shopper) == bindparam("of_shopper"))
            .values({name: bindparam(f"new_{name}") for name in (*columns, "known_at_ms")})
        )
        rows = [
            {"of_shopper": shopper, "new_known_at_ms": to_ms(at)}
            | {f"new_{name}": value for name, value in changed.items()}
            for shopper, changed in changes.items()
        ]
        self._session.connection().execute(statement, rows)


def _columns(standing: Standing) -> dict[str, object]:
    rfm = standing.rfm
    return {
        "stage": None if standing.stage is None else standing.stage.value,
        "churn_risk": standing.churn_risk,
        "next_visit_days": standing.next_visit_days,
        "recency_band": None if rfm is None else rfm.recency,
        "frequency_band": None if rfm is None else rfm.frequency,
        "monetary_band": None if rfm is None else rfm.monetary,
        "value_band": standing.value_band,
        "lifetime_value_minor": standing.lifetime_value_minor,
    }
