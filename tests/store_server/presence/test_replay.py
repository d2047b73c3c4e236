"""A recording through the engine."""

import pytest

from store_server.ids import scope
from store_server.presence.bayes_filter import BayesFilter
from store_server.presence.replay import Answer, BadLine, Line, Replay, read_line
from tests.store_server.presence.filtered import CORNERS, SITE, levels_of, there_and_back


def answers(seconds: int) -> list[Answer]:
    engine = BayesFilter(SITE, scope=scope("a", "b"))
    replay = Replay(engine, gateways=frozenset(CORNERS), reorder_s=1.0)
    told: list[Answer] = []
    readings = levels_of(there_and_back())
    start = readings[0].t
    for second in range(seconds):
        for one in readings:
            if second - 1 < one.t - start <= second:
                gateway = one.anchor.removeprefix("gw:")
                told += replay.take(Line(one.t, False, gateway, "tag", one.rssi_dbm))
        told += replay.take(Line(start + second, True))
    return told


def test_a_shorter_recording_gives_the_same_answers_up_to_its_end() -> None:
    short, whole = answers(30), answers(50)

    assert short == whole[: len(short)]
    assert len(whole) > len(short)


def test_every_tick_is_answered_at_once() -> None:
    estimates = [one for one in answers(20) if one["type"] == "estimate"]

    assert len(estimates) == 20


def test_sightings_of_unknown_gateways_are_counted() -> None:
    replay = Replay(BayesFilter(SITE, scope=scope("a", "b")), gateways=frozenset("a"), reorder_s=1)

    assert list(replay.take(Line(1.0, False, "nobody", "tag", -60.0))) == []
    assert replay.unknown_gateways == 1


@pytest.mark.parametrize(
    "text", [b"{", b"[]", b'{"t": "x"}', b'{"t": 1}', b'{"t": 1, "gateway": "a"}', b"\xff"]
)
def test_bad_lines_are_refused_with_a_reason(text: bytes) -> None:
    with pytest.raises(BadLine, match=r"\w"):
        read_line(text)
