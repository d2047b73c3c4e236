"""Topics are built and parsed by one grammar."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.errors import MessageError
from proximity_wire.topics import (
    Channel,
    GatewayTopic,
    check_name,
    gateway_topic,
    parse_gateway_topic,
    screen_topic,
    upward_filters,
)

_names = st.from_regex(r"[a-z0-9][a-z0-9-]{0,31}", fullmatch=True)


@given(_names, _names, _names, st.sampled_from(Channel))
def test_what_is_built_parses_to_the_same(
    org: str, store: str, gateway: str, channel: Channel
) -> None:
    topic = gateway_topic(channel, org=org, store=store, gateway=gateway)

    assert parse_gateway_topic(topic) == GatewayTopic(org, store, gateway, channel)


@given(st.text(max_size=200))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        parsed = parse_gateway_topic(text)
    except MessageError:
        return
    assert str(parsed) == text


@pytest.mark.parametrize(
    "name", ["", "-a", "Acme", "a.b", "a/b", "a+", "#", "a\n", "a" * 33, "ä", "a b", "a\x00"]
)
def test_a_name_that_cannot_stand_in_a_topic_is_refused(name: str) -> None:
    with pytest.raises(MessageError, match=r"org is .*; must be 1 to 32"):
        check_name(name, what="org")
    with pytest.raises(MessageError):
        screen_topic(name, org="acme", store="demo")
    with pytest.raises(MessageError):
        gateway_topic(Channel.ACK, org="acme", store="demo", gateway=name)


@pytest.mark.parametrize(
    "topic",
    [
        "beaconry/v2/acme/demo/gw-1/up/health",
        "beaconry/v1/acme/demo/gw-1/up",
        "beaconry/v1/acme/demo/gw-1/up/health/x",
        "beaconry/v1/acme/demo/gw-1/up/other",
        "/beaconry/v1/acme/demo/gw-1/up/health",
        "beaconry/v1/acme//gw-1/up/health",
        "beaconry/v1/acme/+/gw-1/up/health",
    ],
)
def test_a_topic_outside_the_grammar_is_refused(topic: str) -> None:
    with pytest.raises(MessageError):
        parse_gateway_topic(topic)


def test_a_refusal_repeats_little_of_a_long_topic() -> None:
    with pytest.raises(MessageError) as caught:
        parse_gateway_topic("beaconry/v1/" + "x" * 60_000 + "/demo/gw-1/up/health")

    assert len(str(caught.value)) < 200


def test_a_screen_has_a_topic_of_its_own() -> None:
    assert screen_topic("door", org="acme", store="demo") == "beaconry/v1/acme/demo/screens/door"


def test_a_server_subscribes_to_what_gateways_say_and_nothing_else() -> None:
    assert upward_filters(org="acme", store="demo") == (
        "beaconry/v1/acme/demo/+/up/sightings",
        "beaconry/v1/acme/demo/+/up/health",
        "beaconry/v1/acme/demo/+/up/state",
    )
