"""What shoppers carry: rows of the organisation; keys are sealed before they get here."""

from typing import cast

from sqlalchemy import ColumnElement, delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from store_server.database import upsert
from store_server.errors import Conflict
from store_server.ids import Scope, ShopperId
from store_server.shoppers.identity import EnrolledIdentity, IdentityKind
from store_server.shoppers.key_vault import KeyVault
from store_server.shoppers.repository.rows import CHUNK_ROWS
from store_server.shoppers.tables import IdentityRow


class IdentityRepository:
    """What shoppers carry; keys are sealed before they reach the database."""

    def __init__(self, session: Session, scope: Scope, vault: KeyVault) -> None:
        self._session = session
        self._org = scope.org
        self._vault = vault

    def enrol(self, enrolled: EnrolledIdentity) -> None:
        """Keep an identity, or the same one anew.

        Raises:
            Conflict: this key or static identity is enrolled already, for another shopper or
                under another id.
        """
        try:
            with self._session.begin_nested():
                keys = ["org", "shopper", "identity_id"]
                upsert(self._session, IdentityRow, [self._values(enrolled)], keys=keys)
        except IntegrityError:
            raise _taken() from None

    def withdraw(self, shopper: str, identity_id: str) -> bool:
        """Take one identity away; whether it was there."""
        gone = self._session.connection().execute(
            delete(IdentityRow).where(
                col(IdentityRow.org) == self._org,
                col(IdentityRow.shopper) == shopper,
                col(IdentityRow.identity_id) == identity_id,
            )
        )
        return int(gone.rowcount) == 1

    def all(self) -> tuple[EnrolledIdentity, ...]:
        """Every identity of the organisation, by shopper and id."""
        return self._identities()

    def of(self, shopper: str) -> tuple[EnrolledIdentity, ...]:
        """What one shopper carries, by id."""
        return self._identities(col(IdentityRow.shopper) == shopper)

    def _identities(self, *conditions: ColumnElement[bool]) -> tuple[EnrolledIdentity, ...]:
        rows = self._session.exec(
            select(IdentityRow)
            .where(IdentityRow.org == self._org, *conditions)
            .order_by(IdentityRow.shopper, IdentityRow.identity_id)
            .execution_options(yield_per=CHUNK_ROWS, populate_existing=True)
        )
        return tuple(self._identity(row) for row in rows)

    def _values(self, one: EnrolledIdentity) -> dict[str, object]:
        secret = one.key
        name = self._vault.fingerprint(secret) if secret is not None else one.identity
        context = self._context(one.shopper, one.identity_id)
        sealed = self._vault.seal(secret, context=context) if secret is not None else None
        return {
            "org": self._org,
            "identity_id": one.identity_id,
            "shopper": one.shopper,
            "kind": one.kind,
            "sealed_key": sealed,
            "identity": one.identity,
            "fingerprint": name,
            "exponent": one.exponent,
            "clock_offset_s": one.clock_offset_s,
            "label": one.label,
        }

    def _identity(self, row: IdentityRow) -> EnrolledIdentity:
        context, sealed = self._context(row.shopper, row.identity_id), row.sealed_key
        key = self._vault.open(sealed, context=context) if sealed is not None else None
        return EnrolledIdentity(
            identity_id=row.identity_id,
            shopper=ShopperId(row.shopper),
            kind=cast("IdentityKind", row.kind),
            key=key,
            identity=row.identity,
            exponent=row.exponent,
            clock_offset_s=row.clock_offset_s,
            label=row.label,
        )

    def _context(self, shopper: str, identity_id: str) -> str:
        return f"identity/{self._org}/{shopper}/{identity_id}"


def _taken() -> Conflict:
    return Conflict(
        "this key or identity is enrolled already, for another shopper or under another id; "
        "forget it there first, or make a new key",
        code="identity_taken",
    )
