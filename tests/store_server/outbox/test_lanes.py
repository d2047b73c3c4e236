"""The lanes of a store: one push service that is down is not web push that is down."""

from dataclasses import replace

from store_server.outbox.attempt import AttemptOutcome, Claim, Verdict
from store_server.outbox.delivery import WayDue
from store_server.outbox.lane import FAILURES_TO_OPEN, FIRST_PAUSE_S, Circuit, LaneLimits
from store_server.outbox.lanes import LOOK_AGAIN_S, RECEIVERS_KEPT, Lanes
from tests.store_server.outbox.builders import a_claim, an_outcome

WEB = WayDue("web", LaneLimits(8, 1_000.0))
SILENCE = an_outcome(Verdict.TRY_AGAIN, status=None)


def lanes_of(way: WayDue = WEB) -> Lanes:
    lanes = Lanes()
    lanes.room([way], 0.0)
    return lanes


def to(host: str, way: str = "web") -> Claim:
    return replace(a_claim(), endpoint=way, receiver=host)


def tried(
    lanes: Lanes, claim: Claim, outcome: AttemptOutcome = SILENCE, *, times: int, t: float = 0.0
) -> None:
    for _ in range(times):
        assert lanes.begin(claim, t) is None
        lanes.end(claim, outcome, t)


def test_a_push_service_that_is_down_rests_and_the_others_go_on() -> None:
    lanes = lanes_of()
    tried(lanes, to("down.example"), times=FAILURES_TO_OPEN)

    assert lanes.begin(to("down.example"), 0.0) == FIRST_PAUSE_S
    assert lanes.begin(to("up.example"), 0.0) is None
    assert lanes.room([WEB], 0.0) == {"web": 7}


def test_after_its_pause_one_try_finds_out_while_the_rest_waits() -> None:
    lanes = lanes_of()
    tried(lanes, to("down.example"), times=FAILURES_TO_OPEN)

    assert lanes.begin(to("down.example"), FIRST_PAUSE_S) is None
    assert lanes.begin(to("down.example"), FIRST_PAUSE_S) == LOOK_AGAIN_S


def test_an_endpoint_that_is_one_receiver_rests_as_a_whole() -> None:
    way = WayDue("endpoint-1", LaneLimits(8, 1_000.0))
    lanes = lanes_of(way)
    tried(lanes, to("", way="endpoint-1"), times=FAILURES_TO_OPEN)

    assert lanes.room([way], 0.0) == {}
    assert lanes.states(0.0)["endpoint-1"].circuit is Circuit.OPEN


def test_an_answer_that_refuses_one_message_shows_a_receiver_that_is_up() -> None:
    lanes = lanes_of()
    tried(lanes, to("push.example"), times=FAILURES_TO_OPEN - 1)
    tried(lanes, to("push.example"), an_outcome(Verdict.REFUSED, status=413), times=1)
    tried(lanes, to("push.example"), times=1)

    assert lanes.begin(to("push.example"), 0.0) is None


def test_subscriptions_that_name_hosts_without_end_fill_no_memory() -> None:
    lanes = lanes_of()

    for number in range(RECEIVERS_KEPT + 1):
        tried(lanes, to(f"h{number}.example"), times=1, t=float(number))

    assert len(lanes._receivers) == RECEIVERS_KEPT
