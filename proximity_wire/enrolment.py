"""How a gateway is admitted by a one-time code: what is said, and what proves it.

    server --a person carries the code--> installer --types it--> agent
    agent  --{locator, nonce, sealed secret, proof}--> server
    server --{record, proof}--> agent

The agent makes its secret on site. The code is never sent: both sides derive a key from it. With
the key the agent seals its secret and proves that it knows the code, and the server signs its
answer, so that the agent learns that the broker it is sent to is named by whoever made the code.
That holds on a network that somebody listens to, without a certificate. The code has 125 random
bits, 25 of which (the locator) only say which code is meant; 100 are left to be guessed.

The key is used for one code, which is good once and for minutes. Whoever records the exchange and
learns the code later can open the secret: a used code is no secret only as long as the record of
the network is nobody's. Source of the constructions: RFC 2104 (HMAC), RFC 5869 (expand),
encrypt-then-MAC.
"""

import hashlib
import hmac
from typing import Annotated, Final, Literal, NamedTuple

import msgspec
from msgspec import Meta, Struct

from proximity_wire.errors import MessageError
from proximity_wire.messages import EpochMs, Name

# Crockford's base 32: no I, L, O, U, which people take for something else.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LETTERS: Final = 25
LOCATOR_LETTERS: Final = 5
SECRET_BYTES: Final = 32
MAX_ANSWER_BYTES: Final = 64 * 1024
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})
_LABEL = b"beaconry enrolment v1 "

Hex64 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
Nonce = Annotated[str, Meta(pattern=r"^[0-9a-f]{32}\Z")]


class Code(NamedTuple):
    """A code as both sides use it: the part that may be said aloud, and the key."""

    locator: str
    key: bytes

    def __repr__(self) -> str:
        return f"Code({self.locator!r})"


class EnrolmentRequest(Struct, frozen=True, kw_only=True):
    """What the agent says; `sealed` is its secret, `proof` that it knows the code."""

    v: Literal[1] = 1
    locator: Annotated[str, Meta(pattern=r"^[0-9A-HJKMNP-TV-Z]{5}\Z")]
    nonce: Nonce
    sealed: Hex64
    proof: Hex64


class EnrolmentRecord(Struct, frozen=True, kw_only=True):
    """Who the gateway is from now on, and which broker it speaks to.

    `mqtt_host` is null where the broker listens on the host of the store server. `key_id` names
    the secret without telling it.
    """

    v: Literal[1] = 1
    org: Name
    store: Name
    gateway: Name
    user: Annotated[str, Meta(max_length=120)]
    key_id: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    mqtt_host: Annotated[str, Meta(max_length=255)] | None
    mqtt_port: Annotated[int, Meta(ge=1, le=65_535)]
    tls: bool
    ca_pem: Annotated[str, Meta(max_length=32_768)] | None
    client_id_from_user: bool
    enrolled_at_ms: EpochMs


class EnrolmentAnswer(Struct, frozen=True, kw_only=True):
    """What the server says: an `EnrolmentRecord` as JSON text, signed as it stands."""

    v: Literal[1] = 1
    record: str
    proof: Hex64


def spell_code(random_bytes: bytes) -> str:
    """A code out of 16 random bytes, in groups of five letters.

    Example:
        >>> spell_code(bytes(16))
        '00000-00000-00000-00000-00000'
    """
    number = int.from_bytes(random_bytes[:16], "big") >> 3
    letters = "".join(ALPHABET[number >> (5 * at) & 31] for at in range(CODE_LETTERS))
    return "-".join(letters[at : at + 5] for at in range(0, CODE_LETTERS, 5))


def read_code(text: str) -> Code:
    """The code in what somebody typed: small letters, missing dashes, O for 0 are all right.

    Raises:
        MessageError: it is no code; the text does not repeat it.
    """
    letters = text.strip().upper().translate(_READ_AS)
    if len(letters) != CODE_LETTERS or set(letters) - set(ALPHABET):
        raise MessageError(
            f"this is no enrolment code: it has {len(letters)} letters and digits, a code has "
            f"{CODE_LETTERS}, like 7Q2RK-M4D0X-... ; type it as the console shows it"
        )
    key = hmac.new(_LABEL + b"code", letters.encode(), hashlib.sha256).digest()
    return Code(letters[:LOCATOR_LETTERS], key)


def make_request(code: Code, *, secret: bytes, nonce: bytes) -> EnrolmentRequest:
    """What the agent sends.

    Args:
        code: as it was typed.
        secret: 32 random bytes, made on site.
        nonce: 16 random bytes, fresh for each try.
    """
    sealed = _mask(code.key, nonce=nonce, text=secret)
    return EnrolmentRequest(
        locator=code.locator,
        nonce=nonce.hex(),
        sealed=sealed.hex(),
        proof=_proof(code.key, b"ask", nonce, sealed),
    )


def open_request(request: EnrolmentRequest, *, key: bytes) -> bytes | None:
    """The agent's secret, when the request was made with this code's key; else None."""
    nonce, sealed = bytes.fromhex(request.nonce), bytes.fromhex(request.sealed)
    if not hmac.compare_digest(_proof(key, b"ask", nonce, sealed), request.proof):
        return None
    return _mask(key, nonce=nonce, text=sealed)


def make_answer(record: EnrolmentRecord, *, key: bytes, nonce: str) -> EnrolmentAnswer:
    """The record, signed for the request with this nonce."""
    text = msgspec.json.encode(record).decode()
    proof = _proof(key, b"answer", bytes.fromhex(nonce), text.encode())
    return EnrolmentAnswer(record=text, proof=proof)


def open_answer(payload: bytes, *, code: Code, nonce: bytes) -> EnrolmentRecord:
    """The record in the server's answer.

    Raises:
        MessageError: it is no answer, or not signed by whoever made the code.
    """
    try:
        answer = msgspec.json.decode(payload, type=EnrolmentAnswer)
        signed = _proof(code.key, b"answer", nonce, answer.record.encode())
        if not hmac.compare_digest(signed, answer.proof):
            raise MessageError(
                "the answer is not signed by the server that made this code: somebody else "
                "answered, or --server names another store; nothing was changed"
            )
        return msgspec.json.decode(answer.record, type=EnrolmentRecord)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        raise MessageError(
            "the answer is none of a Beaconry store server; look at --server"
        ) from None


def key_id_of(secret: bytes) -> str:
    """16 hex digits that name a secret: on both sides the same, and of no use to open anything."""
    return hmac.new(_LABEL + b"key id", secret, hashlib.sha256).hexdigest()[:16]


def password_of(secret: bytes) -> str:
    """The gateway's password at the broker."""
    return secret.hex()


def _mask(key: bytes, *, nonce: bytes, text: bytes) -> bytes:
    """`text` of 32 bytes under a mask that serves for this nonce alone; twice gives it back."""
    mask = hmac.new(key, _LABEL + b"mask" + nonce, hashlib.sha256).digest()
    return bytes(one ^ other for one, other in zip(text, mask, strict=True))


def _proof(key: bytes, what: bytes, nonce: bytes, text: bytes) -> str:
    return hmac.new(key, _LABEL + what + b" " + nonce + text, hashlib.sha256).hexdigest()
