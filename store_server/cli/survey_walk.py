"""One point of a survey: mark it, tell how it goes while somebody stands there, sum up.

Times are the store's: of the system clock, or of the event clock, which another process moves and
of which the database tells how far it has come.
"""

import time
from typing import TYPE_CHECKING

from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.bootstrap.open_store import OpenStore
    from store_server.presence.survey import SurveyMark

LEAST_POINT_S, MOST_POINT_S = 10, 3_600
LEAST_POINTS = 5
LOOK_S = 0.5
# After the point's end the last windows of gateways still have to arrive.
ARRIVAL_MS = 2_000
# An event clock that stands still this long belongs to a server that does not run.
STOPPED_S = 60


def follow(
    store: "OpenStore", identity: str, *, shopper: str, at: str, zone: str, seconds: int
) -> None:
    """Mark a point and wait for its end, telling every ten seconds who heard it.

    Raises:
        ConfigError: an option that cannot be, or nothing was heard.
    """
    from store_server.flows.keep_survey import mark_survey, mark_survey_of  # noqa: PLC0415
    from store_server.ids import ShopperId  # noqa: PLC0415 - --help stays light
    from store_server.writer import Priority  # noqa: PLC0415

    mark = _mark(identity or shopper, at=at, zone=zone, seconds=seconds, now_ms=_now_ms(store))
    if shopper:
        marked = store.writer.submit(
            Priority.APP, mark_survey_of, shopper=ShopperId(shopper), mark=mark
        )
        mark = marked.result()
    else:
        store.writer.submit(Priority.APP, mark_survey, mark=mark).result()
    print(f"stand still for {seconds} s ...", flush=True)
    heard = _watch(store, mark)
    if not heard:
        raise ConfigError(
            f"no gateway heard {identity or 'this shopper'} here; is the server running, and is "
            "this what the tag sends? (`edge-agent survey` on a gateway lists what it hears)"
        )
    print(_told(heard))
    print(f"{len(heard)} gateways, {sum(heard.values())} readings; {_next_step(store)}")


def _watch(store: "OpenStore", mark: "SurveyMark") -> dict[str, int]:
    """What was heard by the end of the point."""
    from store_server.flows.keep_survey import show_survey_heard  # noqa: PLC0415

    told_ms = mark.from_ms
    stands_s = 0.0
    now_ms = _now_ms(store)
    while now_ms < mark.until_ms + ARRIVAL_MS:
        time.sleep(LOOK_S)
        before_ms, now_ms = now_ms, _now_ms(store)
        stands_s = 0.0 if now_ms > before_ms else stands_s + LOOK_S
        if stands_s > STOPPED_S:
            raise ConfigError("the store's clock stands still; is `store-server serve` running?")
        if told_ms + 10_000 <= now_ms < mark.until_ms:
            told_ms += 10_000
            heard = store.reader.read(show_survey_heard, mark=mark)
            left_s = round((mark.until_ms - now_ms) / 1000)
            print(f"{left_s} s left; {_told(heard) or 'nothing heard yet'}", flush=True)
    return store.reader.read(show_survey_heard, mark=mark)


def _next_step(store: "OpenStore") -> str:
    """How many points there are, and what to do now."""
    from store_server.flows.keep_survey import show_survey_readings  # noqa: PLC0415

    lines = store.reader.read(show_survey_readings)
    points = len({(line.x, line.y) for line in lines if line.x is not None})
    if points < LEAST_POINTS:
        return f"points so far: {points}; at least {LEAST_POINTS}, better 12-40: go to the next"
    return f"points so far: {points}; go to the next, or `store-server survey fit`"


def _told(heard: dict[str, int]) -> str:
    return ", ".join(f"{gateway} {count}" for gateway, count in heard.items())


def _now_ms(store: "OpenStore") -> int:
    from store_server.clock import SystemClock, to_ms  # noqa: PLC0415 - --help stays light
    from store_server.flows.show_progress import show_event_time  # noqa: PLC0415

    if store.rooms.policy.clock == "event":
        return store.reader.read(show_event_time)
    return to_ms(SystemClock().now())


def _mark(identity: str, *, at: str, zone: str, seconds: int, now_ms: int) -> "SurveyMark":
    from store_server.presence.survey import SurveyMark  # noqa: PLC0415 - --help stays light

    if not LEAST_POINT_S <= seconds <= MOST_POINT_S:
        raise ConfigError(f"--seconds is {seconds}; must be {LEAST_POINT_S}..{MOST_POINT_S}")
    x: float | None = None
    y: float | None = None
    if at:
        try:
            x, y = (float(part) for part in at.split(","))
        except ValueError:
            raise ConfigError(f"--at is {at!r}; must be X,Y in metres, such as 4.0,2.5") from None
    return SurveyMark(identity.lower(), now_ms, now_ms + seconds * 1000, x, y, zone or None)
