"""Values for tests of the edge agent: adverts, rows, batches, settings."""

import random
from pathlib import Path

from edge_agent.advert import Advert
from edge_agent.backoff import Backoff
from edge_agent.batching import encode_rows
from edge_agent.delivery import Delivery, DeliveryPolicy
from edge_agent.quarantine import Quarantine
from edge_agent.spool import NewBatch, Spool
from proximity_wire.frames import EddystoneEid, encode_eddystone_eid
from proximity_wire.messages import Ack, SightingBatch, SightingRow, decode, encode

NOON_MS = 1_760_000_400_000
BOOT_ID = "b" * 32
EID = "37840884ab38cceb"


def eid_ad(eid: str = EID, *, tx_power_0m_dbm: int = -18) -> bytes:
    return encode_eddystone_eid(EddystoneEid(eid, tx_power_0m_dbm))


def an_advert(at_ms: int = NOON_MS, *, eid: str = EID, rssi_dbm: int = -60) -> Advert:
    return Advert(at_ms, "C0:00:00:00:00:01", eid_ad(eid), rssi_dbm)


def a_row(identity: str = EID, *, at_ms: int = NOON_MS) -> SightingRow:
    return SightingRow(
        kind="eid",
        identity=identity,
        first_at_ms=at_ms,
        last_at_ms=at_ms,
        count=1,
        rssi_mean_dbm=-60,
        rssi_max_dbm=-60,
    )


def a_batch(rows: list[SightingRow] | None = None, *, at_ms: int = NOON_MS) -> NewBatch:
    return NewBatch(encode_rows(rows or [a_row()])[0], BOOT_ID, "event", at_ms)


class StandingClock:
    """A clock of the port that stands where it is put."""

    def __init__(self, now_ms: int | None = NOON_MS) -> None:
        self.at_ms = now_ms

    def now_ms(self) -> int | None:
        return self.at_ms

    def stamp_ms(self, spooled_at_ms: int) -> int | None:
        return self.at_ms

    def quality(self) -> str:
        return "free"


def a_delivery(
    spool: Spool, *, clock: object = None, refuse_after: int = 3, spool_path: Path | None = None
) -> Delivery:
    policy = DeliveryPolicy(
        most_in_flight=4,
        ack_wait=Backoff(first_s=5.0, most_s=15.0),
        refuse_after=refuse_after,
    )
    return Delivery(
        spool,
        policy,
        org="acme",
        store="s1",
        gateway="gw-1",
        clock=clock or StandingClock(),  # type: ignore[arg-type]  # a fake of the port
        rng=random.Random(1),
        quarantine=Quarantine(spool_path or Path("/nowhere/edge.spool")),
    )


def send_all(delivery: Delivery, now_s: float) -> list[SightingBatch]:
    """What is sent at `now_s`, as a server would decode it."""
    sent = []
    for seq, payload in delivery.next_payloads(now_s):
        delivery.note_sent(seq, now_s)
        sent.append(decode(payload, SightingBatch))
    return sent


def an_ack(spool: Spool, through_seq: int, *, quarantined: list[int] | None = None) -> bytes:
    return encode(
        Ack(spool_id=spool.spool_id, through_seq=through_seq, quarantined=quarantined or [])
    )


def write_settings(folder: Path, *, port: int, extra: str = "", mqtt: str = "") -> Path:
    """A configuration for a feed-driven agent whose files lie in `folder`."""
    path = folder / "edge.toml"
    path.write_text(
        f"""
[gateway]
org = "acme"
store = "s1"
gateway = "gw-1"
[source]
kind = "feed"
socket = "feed.sock"
[spool]
path = "edge.spool"
[mqtt]
host = "127.0.0.1"
port = {port}
reconnect_max_s = 0.5
ack_timeout_s = 0.5
refuse_after = 2
{mqtt}
{extra}
""",
        encoding="utf-8",
    )
    return path
