"""The log of answers names nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store_server.outbox.answer_text import BODY_KEPT, error_text, log_text, scrubbed


@given(st.binary(max_size=2 * BODY_KEPT))
def test_an_answer_is_logged_short_and_printable(answer: bytes) -> None:
    text = log_text(answer)

    assert len(text) <= BODY_KEPT
    assert text.isprintable()


@given(st.text(max_size=300), st.from_regex(r"[a-z][a-z0-9._-]{3,30}", fullmatch=True))
def test_what_is_known_of_a_person_is_struck_out_wherever_it_stands(text: str, name: str) -> None:
    assert name not in scrubbed(f"{text} {name.upper()} {text}{name}", hide=[name]).lower()


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("550 5.1.1 <ann@example.org>: unknown", "550 5.1.1 <[address]>: unknown"),
        ("no such number +34 600 123 456.", "no such number [number]."),
        ("coupon ABCDEFG-HJKMNPQ-RSTVWXY is used", "coupon [code] is used"),
        ("Authorization: Bearer abcdefgh12345", "Authorization: [key]"),
        ("bad key whsec_c2VjcmV0c2VjcmV0", "bad key [key]"),
        ("token a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6", "token [key]"),
        ("error 503, 20001 bytes, try in 30 s", "error 503, 20001 bytes, try in 30 s"),
        ("notification q7x2m4n6p8r3s5t7u2v4w6y3za", "notification q7x2m4n6p8r3s5t7u2v4w6y3za"),
    ],
)
def test_what_looks_like_a_person_or_a_key_is_struck_out(answer: str, kept: str) -> None:
    assert log_text(answer.encode()) == kept


def test_an_error_says_its_kind() -> None:
    assert error_text(OSError("to s-1042"), hide=["s-1042"]) == "OSError: to [hidden]"
