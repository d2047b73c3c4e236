"""The exchange of an enrolment: what opens, what does not, and what a listener has."""

import random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from proximity_wire.enrolment import (
    ALPHABET,
    EnrolmentRecord,
    key_id_of,
    make_answer,
    make_request,
    open_answer,
    open_request,
    password_of,
    read_code,
    spell_code,
)
from proximity_wire.errors import MessageError

CODE = "7Q2RK-M4D0X-ABCDE-FGHJK-MNPQR"
SECRET, NONCE = bytes(range(32)), bytes(range(16))
RECORD = EnrolmentRecord(
    org="acme",
    store="demo",
    gateway="gw-1",
    user="acme.demo.gw-1",
    key_id=key_id_of(SECRET),
    mqtt_host=None,
    mqtt_port=1883,
    tls=False,
    ca_pem=None,
    client_id_from_user=False,
    enrolled_at_ms=1_772_442_000_000,
)


@given(st.binary(min_size=16, max_size=16))
def test_a_code_is_read_as_it_was_spelled_and_keeps_125_bits(raw: bytes) -> None:
    spelled = spell_code(raw)

    letters = spelled.replace("-", "")
    number = sum(ALPHABET.index(letter) << 5 * at for at, letter in enumerate(letters))
    assert number == int.from_bytes(raw, "big") >> 3
    assert read_code(spelled).locator == spelled[:5]


@pytest.mark.parametrize("typed", [CODE.lower(), CODE.replace("-", " "), CODE.replace("0", "O")])
def test_a_code_may_be_typed_as_people_type(typed: str) -> None:
    assert read_code(f" {typed}\n") == read_code(CODE)


@pytest.mark.parametrize("typed", ["", CODE[:-1], CODE + "A", CODE[:-1] + "U", "é" * 25])
def test_what_is_no_code_is_refused_and_not_repeated(typed: str) -> None:
    with pytest.raises(MessageError, match="no enrolment code") as refused:
        read_code(typed)

    assert not typed or typed not in str(refused.value)


def test_the_server_opens_what_the_agent_sealed() -> None:
    code = read_code(CODE)

    request = make_request(code, secret=SECRET, nonce=NONCE)

    assert open_request(request, key=code.key) == SECRET
    assert SECRET.hex() not in repr(request)
    assert "key" not in repr(code)


def test_another_code_opens_nothing() -> None:
    request = make_request(read_code(CODE), secret=SECRET, nonce=NONCE)

    assert open_request(request, key=read_code(CODE.replace("R", "S")).key) is None


@pytest.mark.parametrize("field", ["nonce", "sealed", "proof"])
def test_a_request_that_was_touched_is_refused(field: str) -> None:
    code = read_code(CODE)
    request = make_request(code, secret=SECRET, nonce=NONCE)
    value = getattr(request, field)
    touched = msgspec.structs.replace(
        request, **{field: ("1" if value[0] == "0" else "0") + value[1:]}
    )

    assert open_request(touched, key=code.key) is None


def test_the_agent_believes_only_whoever_made_the_code() -> None:
    code, stranger = read_code(CODE), read_code(CODE.replace("R", "S"))
    answer = msgspec.json.encode(make_answer(RECORD, key=code.key, nonce=NONCE.hex()))
    forged = msgspec.json.encode(make_answer(RECORD, key=stranger.key, nonce=NONCE.hex()))

    assert open_answer(answer, code=code, nonce=NONCE) == RECORD
    for payload, nonce in ((forged, NONCE), (answer, bytes(16))):
        with pytest.raises(MessageError, match="not signed by the server"):
            open_answer(payload, code=code, nonce=nonce)


@pytest.mark.parametrize("payload", [b"", b"{", b"[]", b'{"record": 1}', b"\xff", b"[" * 9_999])
def test_what_is_no_answer_is_said_to_be_none(payload: bytes) -> None:
    with pytest.raises(MessageError, match="none of a Beaconry store server"):
        open_answer(payload, code=read_code(CODE), nonce=NONCE)


def test_the_names_of_secrets_differ_and_tell_nothing() -> None:
    rng = random.Random(7)
    secrets = [rng.randbytes(32) for _ in range(100)]

    assert len({key_id_of(one) for one in secrets}) == 100
    assert all(key_id_of(one) not in password_of(one) for one in secrets)
