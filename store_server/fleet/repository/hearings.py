"""What gateways hear of fixed beacons, and what was found to be wrong by it."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import ColumnElement, func, select
from sqlmodel import col

from store_server.database import insert_new, upsert
from store_server.fleet.finding import Finding
from store_server.fleet.hearing import DAY_MS, Hearing, HearingKey, PowerReading
from store_server.fleet.repository.rows import FleetRows
from store_server.fleet.tables import BeaconHearingRow, BeaconPowerRow, FleetFindingRow

# A week of quarters of an hour is what is usual; a battery is watched for more than a year.
HEARINGS_KEPT_MS = 8 * DAY_MS
POWER_KEPT_MS = 500 * DAY_MS


class HearingRepository(FleetRows):
    """What gateways hear of fixed beacons, and what beacons say of their batteries."""

    def add(self, sums: Mapping[HearingKey, Hearing]) -> None:
        """Add to what is known of each quarter of an hour; a week is kept."""
        if not sums:
            return
        slots = {key.slot_ms for key in sums}
        known = self._sums(col(BeaconHearingRow.slot_ms).in_(sorted(slots)))
        rows = []
        for key, heard in sums.items():
            whole = known[key].plus(heard) if key in known else heard
            rows.append(
                self._mine
                | key._asdict()
                | {
                    "adverts": whole.adverts,
                    "rssi_sum_dbm": whole.rssi_sum_dbm,
                    "last_at_ms": whole.last_at_ms,
                }
            )
        keys = ["org", "store", "gateway", "identity", "slot_ms"]
        upsert(self._session, BeaconHearingRow, rows, keys=keys)
        old_ms = max(slots) - HEARINGS_KEPT_MS
        self._forget(BeaconHearingRow, col(BeaconHearingRow.slot_ms) < old_ms)

    def slots(self, *, since_ms: int) -> dict[HearingKey, Hearing]:
        """Each quarter of an hour that began at `since_ms` or later."""
        return self._sums(col(BeaconHearingRow.slot_ms) >= since_ms)

    def usual(self, *, until_ms: int) -> dict[tuple[str, str], float]:
        """The mean RSSI by (gateway, beacon) before an instant, told by two hours at least."""
        slots, adverts = func.count(), func.sum(col(BeaconHearingRow.adverts))
        rows = self._session.execute(
            select(
                col(BeaconHearingRow.gateway),
                col(BeaconHearingRow.identity),
                func.sum(col(BeaconHearingRow.rssi_sum_dbm)) / adverts,
            )
            .where(self._own(BeaconHearingRow), col(BeaconHearingRow.slot_ms) < until_ms)
            .group_by(col(BeaconHearingRow.gateway), col(BeaconHearingRow.identity))
            .having(slots >= 8)
        )
        return {(gateway, identity): float(mean) for gateway, identity, mean in rows}

    def usual_adverts(self, *, until_ms: int) -> dict[tuple[str, str], float]:
        """Adverts a quarter of an hour by (gateway, beacon) before an instant, likewise."""
        slots, adverts = func.count(), func.sum(col(BeaconHearingRow.adverts))
        rows = self._session.execute(
            select(col(BeaconHearingRow.gateway), col(BeaconHearingRow.identity), adverts / slots)
            .where(self._own(BeaconHearingRow), col(BeaconHearingRow.slot_ms) < until_ms)
            .group_by(col(BeaconHearingRow.gateway), col(BeaconHearingRow.identity))
            .having(slots >= 8)
        )
        return {(gateway, identity): float(mean) for gateway, identity, mean in rows}

    def first_slot_ms(self) -> int | None:
        """When the first quarter of an hour that is kept began."""
        oldest = select(func.min(col(BeaconHearingRow.slot_ms))).where(self._own(BeaconHearingRow))
        found: int | None = self._session.execute(oldest).scalar_one()
        return found

    def last_heard(self) -> dict[str, int]:
        """When each beacon was heard last, by any gateway, within the week that is kept."""
        rows = self._session.execute(
            select(col(BeaconHearingRow.identity), func.max(col(BeaconHearingRow.last_at_ms)))
            .where(self._own(BeaconHearingRow))
            .group_by(col(BeaconHearingRow.identity))
        )
        return {identity: int(at_ms) for identity, at_ms in rows}

    def forget_gateway(self, gateway: str, *, since_ms: int = 0) -> None:
        """What a gateway heard since then says nothing of where it is now."""
        own, since = col(BeaconHearingRow.gateway), col(BeaconHearingRow.slot_ms)
        self._forget(BeaconHearingRow, own == gateway, since >= since_ms)

    def forget_beacon(self, identity: str, *, since_ms: int = 0) -> None:
        """What was heard of a beacon since then says nothing of where it is now."""
        own, since = col(BeaconHearingRow.identity), col(BeaconHearingRow.slot_ms)
        self._forget(BeaconHearingRow, own == identity, since >= since_ms)

    def add_power(self, readings: Sequence[PowerReading]) -> None:
        """Keep the day's last reading of each battery."""
        rows: list[dict[str, object]] = [
            self._mine
            | {
                "identity": one.identity,
                "day_ms": one.at_ms // DAY_MS * DAY_MS,
                "at_ms": one.at_ms,
                "battery_mv": one.battery_mv,
                "temperature_c": one.temperature_c,
            }
            for one in readings
        ]
        if not rows:
            return
        upsert(self._session, BeaconPowerRow, rows, keys=["org", "store", "identity", "day_ms"])
        old_ms = max(one.at_ms for one in readings) - POWER_KEPT_MS
        self._forget(BeaconPowerRow, col(BeaconPowerRow.day_ms) < old_ms)

    def power(self) -> dict[str, list[PowerReading]]:
        """The readings of each battery, one a day, oldest first."""
        rows = self._session.execute(
            select(
                col(BeaconPowerRow.identity),
                col(BeaconPowerRow.at_ms),
                col(BeaconPowerRow.battery_mv),
                col(BeaconPowerRow.temperature_c),
            )
            .where(self._own(BeaconPowerRow))
            .order_by(col(BeaconPowerRow.day_ms))
        )
        found: dict[str, list[PowerReading]] = {}
        for row in rows:
            found.setdefault(row[0], []).append(PowerReading(*row))
        return found

    def _sums(self, condition: ColumnElement[bool]) -> dict[HearingKey, Hearing]:
        rows = self._session.execute(
            select(
                col(BeaconHearingRow.gateway),
                col(BeaconHearingRow.identity),
                col(BeaconHearingRow.slot_ms),
                col(BeaconHearingRow.adverts),
                col(BeaconHearingRow.rssi_sum_dbm),
                col(BeaconHearingRow.last_at_ms),
            ).where(self._own(BeaconHearingRow), condition)
        )
        return {HearingKey(*row[:3]): Hearing(*row[3:]) for row in rows}


class FindingRepository(FleetRows):
    """What is wrong with the installation."""

    def all(self) -> tuple[Finding, ...]:
        """Every open finding, oldest first."""
        columns = [col(getattr(FleetFindingRow, name)) for name in Finding.__dataclass_fields__]
        rows = self._session.execute(
            select(*columns)
            .where(self._own(FleetFindingRow))
            .order_by(col(FleetFindingRow.first_at_ms), col(FleetFindingRow.subject))
        )
        return tuple(Finding(*row) for row in rows)

    def put(self, findings: Iterable[Finding]) -> None:
        """Have these be all that are open."""
        self._forget(FleetFindingRow)
        rows = [
            self._mine | {name: getattr(one, name) for name in Finding.__dataclass_fields__}
            for one in findings
        ]
        insert_new(self._session, FleetFindingRow, rows)
