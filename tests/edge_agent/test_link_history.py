"""LinkHistory: when the next connection is tried, and by which MQTT."""

import random

from edge_agent.backoff import Backoff
from edge_agent.link_history import LinkHistory, Protocol


def a_history(protocol: Protocol | None = None) -> LinkHistory:
    return LinkHistory(
        reconnect=Backoff(1.0, 8.0),
        refused_retry=Backoff(30.0, 300.0),
        rng=random.Random(1),
        protocol=protocol,
    )


def down(
    history: LinkHistory,
    now_s: float = 0.0,
    *,
    refused: bool = False,
    by_peer: bool = False,
    other: bool = False,
) -> float:
    return history.note_down(
        now_s, reason="test", refused=refused, by_peer=by_peer, other_protocol=other
    )


def test_a_broker_that_does_not_speak_mqtt_5_is_met_with_3_1_1_at_once() -> None:
    history = a_history()

    delay_s = down(history, refused=True, other=True)

    assert (history.protocol, delay_s) == ("3.1.1", 0.0)


def test_the_version_stays_when_the_connection_is_lost_later() -> None:
    history = a_history()
    down(history, refused=True, other=True)
    history.note_up(1.0)

    down(history, 2.0, by_peer=True)

    assert history.protocol == "3.1.1"


def test_only_a_second_hang_up_without_a_word_changes_the_version() -> None:
    history = a_history()

    spoken = []
    for _ in range(4):
        down(history, by_peer=True, other=True)
        spoken.append(history.protocol)

    assert spoken == ["5", "3.1.1", "3.1.1", "5"]


def test_a_version_that_was_set_is_never_left() -> None:
    history = a_history("5")

    delay_s = down(history, refused=True, other=True)

    assert history.protocol == "5"
    assert delay_s >= 24.0


def test_delays_grow_until_a_connection_has_lived_for_a_while() -> None:
    history = a_history()

    first_s, second_s, third_s = (down(history) for _ in range(3))
    history.note_up(100.0)
    after_a_good_one_s = down(history, 200.0)

    assert first_s < second_s < third_s
    assert after_a_good_one_s < 1.3


def test_a_connection_closed_and_taken_at_once_is_a_takeover() -> None:
    history = a_history()
    history.note_up(0.0)
    down(history, 5.0, by_peer=True)
    history.note_up(6.0)

    down(history, 7.0)
    history.note_up(8.0)

    assert (history.connects, history.takeovers) == (3, 1)
