"""How shoppers are reached, sealed, and what they said of each channel: rows of an organisation."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from store_server.clock import from_ms, to_ms
from store_server.database import insert_new, upsert
from store_server.ids import Scope, ShopperId, natural_id
from store_server.shoppers.contact import (
    ChannelWord,
    Contact,
    ContactChannel,
    ContactState,
    contact_context,
)
from store_server.shoppers.key_vault import KeyVault, Unsealable
from store_server.shoppers.repository.rows import chunks
from store_server.shoppers.tables import ChannelConsentRow, ContactRow


class ContactRepository:
    """Contacts and the ledger of consent to each channel; addresses are sealed on the way in."""

    def __init__(self, session: Session, scope: Scope, vault: KeyVault) -> None:
        self._session = session
        self._org = scope.org
        self._vault = vault

    def save(self, contact: Contact, *, address: str) -> None:
        """Keep how a shopper is reached in a channel; what was kept before is gone."""
        context = contact_context(self._org, contact.shopper, contact.channel)
        row: dict[str, object] = {
            "org": self._org,
            "shopper": contact.shopper,
            "channel": contact.channel.value,
            "sealed_address": self._vault.seal(address.encode(), context=context),
            "hint": contact.hint,
            "state": contact.state.value,
            "changed_at_ms": to_ms(contact.changed_at),
        }
        upsert(self._session, ContactRow, [row], keys=["org", "shopper", "channel"])

    def remove(self, shopper: str, channel: ContactChannel) -> bool:
        """Forget how a shopper is reached in a channel; whether it was known."""
        gone = self._session.connection().execute(
            delete(ContactRow).where(
                col(ContactRow.org) == self._org,
                col(ContactRow.shopper) == shopper,
                col(ContactRow.channel) == channel.value,
            )
        )
        return int(gone.rowcount) == 1

    def mark_bounced(self, shopper: str, channel: ContactChannel, *, at: datetime) -> bool:
        """Write to this contact no more until it is told anew; whether it was usable."""
        changed = self._session.connection().execute(
            update(ContactRow)
            .where(
                col(ContactRow.org) == self._org,
                col(ContactRow.shopper) == shopper,
                col(ContactRow.channel) == channel.value,
                col(ContactRow.state) == ContactState.USABLE.value,
            )
            .values(state=ContactState.BOUNCED.value, changed_at_ms=to_ms(at))
        )
        return int(changed.rowcount) == 1

    def of(self, shopper: str) -> list[Contact]:
        """How a shopper is reached, by channel."""
        rows = self._session.exec(
            select(ContactRow)
            .where(ContactRow.org == self._org, ContactRow.shopper == shopper)
            .order_by(col(ContactRow.channel))
            .execution_options(populate_existing=True)
        )
        return [_contact(row) for row in rows]

    def addresses(
        self, names: Mapping[str, ShopperId], channel: ContactChannel
    ) -> dict[ShopperId, str]:
        """The address of each person in a channel; one that is not usable or opens not is left out.

        Args:
            names: every name of each person, with the one they go by (`MergeRepository.names_of`);
                what was told under that one goes first.
            channel: which.
        """
        found: dict[ShopperId, str] = {}
        for chunk in chunks(names):
            rows = self._session.execute(
                select_columns(col(ContactRow.shopper), col(ContactRow.sealed_address)).where(
                    col(ContactRow.org) == self._org,
                    col(ContactRow.channel) == channel.value,
                    col(ContactRow.state) == ContactState.USABLE.value,
                    col(ContactRow.shopper).in_(chunk),
                )
            )
            for name, sealed in rows:
                address = self._opened(name, channel, sealed)
                if address is not None and (names[name] == name or names[name] not in found):
                    found[names[name]] = address
        return found

    def opened(self, shopper: str) -> list[tuple[Contact, str | None]]:
        """Each contact of a shopper with its address; None where it does not open."""
        rows = self._session.exec(
            select(ContactRow)
            .where(ContactRow.org == self._org, ContactRow.shopper == shopper)
            .order_by(col(ContactRow.channel))
            .execution_options(populate_existing=True)
        )
        return [
            (_contact(row), self._opened(shopper, ContactChannel(row.channel), row.sealed_address))
            for row in rows
        ]

    def usable(self, names: Mapping[str, ShopperId]) -> dict[ShopperId, frozenset[ContactChannel]]:
        """In which channels each person has a usable contact; nothing is opened."""
        found: dict[ShopperId, set[ContactChannel]] = {}
        for chunk in chunks(names):
            rows = self._session.execute(
                select_columns(col(ContactRow.shopper), col(ContactRow.channel)).where(
                    col(ContactRow.org) == self._org,
                    col(ContactRow.state) == ContactState.USABLE.value,
                    col(ContactRow.shopper).in_(chunk),
                )
            )
            for name, channel in rows:
                found.setdefault(names[name], set()).add(ContactChannel(channel))
        return {shopper: frozenset(channels) for shopper, channels in found.items()}

    def say(self, word: ChannelWord, *, recorded_at: datetime) -> bool:
        """Write one word down; False when this very word stands there already (a repeat)."""
        values: dict[str, object] = {
            "shopper": word.shopper,
            "channel": word.channel.value,
            "granted": word.granted,
            "at_ms": to_ms(word.at),
            "source": word.source,
            "text_version": word.text_version,
        }
        entry_id = natural_id("channel", self._org, *(str(value) for value in values.values()))
        row = values | {
            "org": self._org,
            "entry_id": entry_id,
            "recorded_at_ms": to_ms(recorded_at),
        }
        return insert_new(self._session, ChannelConsentRow, [row]) == 1

    def words(self, shopper: str) -> list[ChannelWord]:
        """Every word of a shopper about channels, oldest first."""
        return self.words_of([ShopperId(shopper)]).get(ShopperId(shopper), [])

    def words_of(self, shoppers: Iterable[ShopperId]) -> dict[ShopperId, list[ChannelWord]]:
        """Every word of these shoppers about channels, oldest first.

        Under the name of today: a merge writes down there what both names come to.
        """
        found: dict[ShopperId, list[ChannelWord]] = {}
        for chunk in chunks(shoppers):
            rows = self._session.exec(
                select(ChannelConsentRow)
                .where(ChannelConsentRow.org == self._org)
                .where(col(ChannelConsentRow.shopper).in_(chunk))
                .order_by(col(ChannelConsentRow.at_ms), col(ChannelConsentRow.entry_id))
            )
            for row in rows:
                found.setdefault(ShopperId(row.shopper), []).append(_word(row))
        return found

    def _opened(self, name: str, channel: ContactChannel, sealed: bytes) -> str | None:
        try:
            context = contact_context(self._org, name, channel)
            return self._vault.open(sealed, context=context).decode()
        except Unsealable:
            return None


def _contact(row: ContactRow) -> Contact:
    return Contact(
        ShopperId(row.shopper),
        ContactChannel(row.channel),
        ContactState(row.state),
        row.hint,
        from_ms(row.changed_at_ms),
    )


def _word(row: ChannelConsentRow) -> ChannelWord:
    return ChannelWord(
        ShopperId(row.shopper),
        ContactChannel(row.channel),
        row.granted,
        from_ms(row.at_ms),
        row.source,
        row.text_version,
    )
