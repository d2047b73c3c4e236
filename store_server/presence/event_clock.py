"""How far event time has come: the least stamp of the gateways that count.

Every gateway that is online promises with each batch that it has told all it heard up to the
batch's `sent_at_ms`, with it and all batches before it: where some of those are still to come
(after a reconnect the newest may come first), the promise waits for them. So the store's event
time is the least such stamp. A gateway that is online and has sent nothing yet holds the clock;
one that lags far behind the foremost does not (it hangs, and would stop the shop), nor one that
stays silent while another has been telling for as long (its retained state outlived it). One
that was heard until the server was killed, or lost the broker, counts as online until it is
heard again, whatever the broker says of it: it has a backlog, and the first to reconnect must
not overtake it. The clock never goes back.
"""

import math
from collections.abc import Iterable
from dataclasses import replace

from store_server.presence.gateway_live import GatewayLive
from store_server.presence.observation import Observation


def least_sent_at_ms(gateways: Iterable[GatewayLive], *, lag_ms: int) -> int | None:
    """The instant up to which all that count have told; None when there is nobody to go by.

    Args:
        gateways: the board of the store.
        lag_ms: a gateway further behind the foremost than this is not waited for.
    """
    online = [gateway for gateway in gateways if gateway.online or gateway.awaited]
    sent = [told for one in online if (told := one.told_ms(lag_ms=lag_ms)) is not None]
    if not sent:
        return None
    if len(sent) < len(online) and max(map(_told_for_ms, online)) <= lag_ms:
        return None
    foremost = max(sent)
    return min(stamp for stamp in sent if foremost - stamp <= lag_ms)


def outwaited(gateways: Iterable[GatewayLive], *, lag_ms: int) -> list[GatewayLive]:
    """The lines of those that are awaited no more: silent while another told for `lag_ms`.

    Without this a gateway that died with the server would be waited for anew after each loss of
    the broker.
    """
    online = [gateway for gateway in gateways if gateway.online or gateway.awaited]
    if max(map(_told_for_ms, online), default=0) <= lag_ms:
        return []
    return [
        replace(gateway, awaited=False)
        for gateway in online
        if gateway.awaited and gateway.told_ms(lag_ms=lag_ms) is None
    ]


def _told_for_ms(gateway: GatewayLive) -> int:
    """How much event time a gateway has told of since it was heard first."""
    if gateway.newest_sent_at_ms is None or gateway.first_sent_at_ms is None:
        return 0
    return gateway.newest_sent_at_ms - gateway.first_sent_at_ms


def next_event_ms(now_ms: int, gateways: Iterable[GatewayLive], *, lag_ms: int) -> int:
    """Where the clock stands after hearing from the gateways; `now_ms` when it does not move."""
    least = least_sent_at_ms(gateways, lag_ms=lag_ms)
    return now_ms if least is None else max(now_ms, least)


def reached(
    pending: Iterable[Observation], until_t: float
) -> tuple[list[Observation], tuple[Observation, ...]]:
    """What the clock has reached, by (t, device, anchor), and what it has not.

    The order, not the way by which they came in, decides what follows from observations: so
    the same day gives the same events however the gateways' messages interleave.
    """
    due: list[Observation] = []
    rest: list[Observation] = []
    for observation in pending:
        (due if observation.t <= until_t else rest).append(observation)
    due.sort(key=_order)
    return due, tuple(rest)


def _order(observation: Observation) -> tuple[float, str, str, float, int, float, str]:
    power = observation.measured_power_dbm
    return (
        observation.t,
        observation.device,
        observation.anchor,
        observation.rssi_dbm,
        observation.count,
        math.inf if power is None else power,
        observation.sender,
    )
