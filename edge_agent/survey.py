"""`edge-agent survey`: what a place is like for a gateway, measured for a while.

Everything stays in memory: addresses and identities are counted, and forgotten at the end.
"""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable

from msgspec import Struct

from edge_agent.advert import Advert
from edge_agent.hearing import LEAST_RSSI_DBM, MOST_RSSI_DBM, name_of
from proximity_wire.frames import IdentityFrame, decode_advert

# Identities that are followed at once; a survey of a busy station must not fill the memory.
_MOST_IDENTITIES = 20_000
_MOST_RSSI_KEPT = 2_000


class KindLine(Struct, frozen=True, kw_only=True):
    """One kind of frame that names somebody.

    `spread_db` is the median over its identities of the standard deviation of the RSSI: how
    much one identity that does not move is heard differently.
    """

    kind: str
    identities: int
    adverts: int
    adverts_per_s: float
    rssi_median_dbm: float
    rssi_low_dbm: float
    rssi_high_dbm: float
    spread_db: float | None


class SurveyReport(Struct, frozen=True, kw_only=True):
    """What was measured; `duplicates` is the share of adverts that repeat an address's last one."""

    seconds: float
    adverts: int
    adverts_per_s: float
    addresses: int
    duplicates: float
    implausible_rssi: int
    kinds: list[KindLine]
    others: dict[str, int]


class Survey:
    """Takes adverts, then reports."""

    def __init__(self) -> None:
        self._adverts = 0
        self._duplicates = 0
        self._implausible = 0
        self._last: dict[str, bytes] = {}
        self._rssi: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._heard: Counter[tuple[str, str]] = Counter()
        self._others: Counter[str] = Counter()

    def take(self, adverts: Iterable[Advert]) -> None:
        """Count `adverts`."""
        for advert in adverts:
            self._adverts += 1
            self._duplicates += self._last.get(advert.address) == advert.ad
            if advert.address in self._last or len(self._last) < _MOST_IDENTITIES:
                self._last[advert.address] = advert.ad
            self._note(advert)

    def report(self, seconds: float) -> SurveyReport:
        """What was measured in `seconds`."""
        by_kind: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for key in self._rssi:
            by_kind[key[0]].append(key)
        per_s = 1.0 / max(seconds, 1e-3)
        return SurveyReport(
            seconds=round(seconds, 1),
            adverts=self._adverts,
            adverts_per_s=round(self._adverts * per_s, 1),
            addresses=len(self._last),
            duplicates=round(self._duplicates / max(self._adverts, 1), 3),
            implausible_rssi=self._implausible,
            kinds=[self._line(kind, keys, per_s) for kind, keys in sorted(by_kind.items())],
            others=dict(self._others.most_common()),
        )

    def _note(self, advert: Advert) -> None:
        frame = decode_advert(advert.ad)
        if not LEAST_RSSI_DBM <= advert.rssi_dbm <= MOST_RSSI_DBM:
            self._implausible += 1
        elif not isinstance(frame, IdentityFrame):
            self._others[name_of(frame)] += 1
        else:
            key = (frame.kind, frame.identity)
            if key in self._rssi or len(self._rssi) < _MOST_IDENTITIES:
                self._heard[key] += 1
                kept = self._rssi[key]
                if len(kept) < _MOST_RSSI_KEPT:
                    kept.append(advert.rssi_dbm)

    def _line(self, kind: str, keys: list[tuple[str, str]], per_s: float) -> KindLine:
        levels = sorted(level for key in keys for level in self._rssi[key])
        spreads = [statistics.stdev(self._rssi[key]) for key in keys if len(self._rssi[key]) > 1]
        adverts = sum(self._heard[key] for key in keys)
        return KindLine(
            kind=kind,
            identities=len(keys),
            adverts=adverts,
            adverts_per_s=round(adverts * per_s, 1),
            rssi_median_dbm=statistics.median(levels),
            rssi_low_dbm=levels[len(levels) // 20],
            rssi_high_dbm=levels[-1 - len(levels) // 20],
            spread_db=round(statistics.median(spreads), 1) if spreads else None,
        )


def survey_text(report: SurveyReport) -> str:
    """The report for a terminal."""
    lines = [
        f"{report.adverts_per_s} adverts/s in {report.seconds} s from {report.addresses} addresses",
        f"{report.duplicates:.0%} repeat what their address said before, "
        f"{report.implausible_rssi} have an RSSI that cannot be",
        "",
        f"{'kind':<10} {'identities':>10} {'adverts/s':>10} {'RSSI low..median..high dBm':>28} "
        f"{'spread dB':>10}",
    ]
    for one in report.kinds:
        levels = f"{one.rssi_low_dbm:.0f}..{one.rssi_median_dbm:.0f}..{one.rssi_high_dbm:.0f}"
        spread = "-" if one.spread_db is None else f"{one.spread_db:.1f}"
        lines.append(
            f"{one.kind:<10} {one.identities:>10} {one.adverts_per_s:>10} {levels:>28} {spread:>10}"
        )
    lines += [f"{name}: {count} adverts" for name, count in report.others.items()]
    return "\n".join(lines)
