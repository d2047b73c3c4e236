"""What an app asks with a pull and gets: msgspec structs, decoded and written without a detour.

The shapes in the OpenAPI document follow from them. The first mistake ends the quick reading; then
the body is read again field by field, so that all of them are told at once, as everywhere.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from store_server.entrypoints.problem import FieldError
from store_server.offers.trigger import Placement

OFFERS_MOST = 5
BASKET_MOST = 200
LONGEST_DEADLINE_MS = 10_000


def _text(pattern: str, description: str) -> Meta:
    r"""A text of this pattern: `$` lets a newline pass at the end in Python, `\Z` does not."""
    strict = pattern.removesuffix("$") + r"\Z"
    return Meta(pattern=strict, description=description, extra_json_schema={"pattern": pattern})


RequestId = Annotated[
    str, _text(r"^[!-~]{1,100}$", "The app's name of the question: asked again, answered the same.")
]
ZoneName = Annotated[
    str,
    _text(
        r"^[a-z0-9][a-z0-9_-]{0,63}$",
        "Where the app thinks the shopper is; what the store's own ears say goes before it.",
    ),
]
ScannedCode = Annotated[
    str,
    _text(
        r"^[A-Za-z0-9][A-Za-z0-9._~-]{0,63}$",
        "A code that the store has printed (PUT /v1/codes): its placement, zone and campaign hold.",
    ),
]
ProductName = Annotated[str, _text(r"^[!-~]{1,64}$", "A product's id, or its GTIN in any length.")]
Basket = Annotated[
    tuple[ProductName, ...],
    Meta(
        max_length=BASKET_MOST,
        description="What is in the basket: what completes it is offered, what is in it is not.",
    ),
]
AnswerLanguage = Annotated[
    str, _text(r"^[a-z]{2,3}(-[A-Z]{2})?$", "To answer in; the shopper's own when absent.")
]
Most = Annotated[int, Meta(ge=1, le=OFFERS_MOST, description="How many offers at most.")]
DeadlineMs = Annotated[
    int,
    Meta(
        ge=1,
        le=LONGEST_DEADLINE_MS,
        description="After so many milliseconds the default experience is shown instead.",
    ),
]


class PullBody(Struct, frozen=True, forbid_unknown_fields=True):
    """The app asks what there is here and now; the same `request_id` is the same question."""

    request_id: RequestId
    placement: Placement
    zone: ZoneName | None = None
    code: ScannedCode | None = None
    basket: Basket = ()
    language: AnswerLanguage | None = None
    most: Most = 1
    deadline_ms: DeadlineMs | None = None


class PulledOfferShown(Struct, frozen=True):
    """An offer as the shopper is to read it.

    `personal_discount` true: the discount was reckoned for this shopper, and the app must say so.
    `reason` is stable, for programs; `reason_text` is for people, in `language` or English.
    """

    decision_id: str
    offer_id: str
    title: str
    body: str
    coupon_code: str | None
    face_value_minor: int
    personal_discount: bool
    expires_at: datetime
    language: str
    reason: Literal["best", "explored", "discovery", "fallback"]
    reason_text: str


class PullReply(Struct, frozen=True):
    """What was decided. A shopper of the control group sees `nothing`, like anybody else.

    `offer` is the first of `offers`. Without offers `default_experience` names what the app shows
    instead. `decision_id` is null, with the reason `deadline`, when there was no decision in time.
    """

    decision_id: str | None
    outcome: Literal["offered", "nothing"]
    offer: PulledOfferShown | None
    offers: tuple[PulledOfferShown, ...]
    reason: str | None
    default_experience: str | None


_OFFER_EXAMPLE: dict[str, object] = {
    "decision_id": "kq3exampledecision",
    "offer_id": "rye-50",
    "title": "Fresh rye",
    "body": "0.50 off today",
    "coupon_code": "YAKMVS9-EDD1RCR-G0FQ8WX",
    "face_value_minor": 50,
    "personal_discount": False,
    "expires_at": "2026-03-02T21:00:00Z",
    "language": "en",
    "reason": "best",
    "reason_text": "Of all that is on offer here this suits you best.",
}
EXAMPLES: Mapping[type[Struct], Mapping[str, object]] = {
    PullBody: {
        "request_id": "open-2026-03-02-1",
        "placement": "app",
        "zone": "bakery",
        "code": "shelf-7",
        "basket": ["4006", "4006381333931"],
        "language": "en",
        "most": 2,
        "deadline_ms": 300,
    },
    PullReply: {
        "decision_id": "kq3exampledecision",
        "outcome": "offered",
        "offer": _OFFER_EXAMPLE,
        "offers": [_OFFER_EXAMPLE],
        "reason": None,
        "default_experience": None,
    },
}

_DECODER = msgspec.json.Decoder(PullBody)
_ENCODER = msgspec.json.Encoder()
_FIELDS = {one.encode_name: one for one in msgspec.structs.fields(PullBody)}


class BadBody(Exception):
    """The body cannot be taken; `errors` names every mistake."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__(f"{len(errors)} mistakes")
        self.errors = errors


def read_pull(body: bytes) -> PullBody:
    """The question in a body.

    Raises:
        BadBody: it is none.
    """
    try:
        return _DECODER.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BadBody(_mistakes(body)) from None


def write_reply(reply: PullReply) -> bytes:
    """The answer as JSON."""
    return _ENCODER.encode(reply)


def shapes() -> dict[str, Any]:
    """The schemas of both bodies and what they name, by name, with their examples."""
    kinds = (PullBody, PullReply)
    _, found = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    for kind in kinds:
        found[kind.__name__]["examples"] = [EXAMPLES[kind]]
    return found


def _mistakes(body: bytes) -> list[FieldError]:
    """Every mistake of a body that was not taken."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [FieldError(where="body", code="json_invalid", detail="the body is not JSON")]
    if not isinstance(found, dict):
        return [FieldError(where="body", code="dict_type", detail="must be a JSON object")]
    errors = [
        FieldError(where=f"body.{name}", code="missing", detail="Field required")
        for name, one in _FIELDS.items()
        if one.required and name not in found
    ]
    for name, value in found.items():
        known = _FIELDS.get(name)
        if known is None:
            detail = "Extra inputs are not permitted"
            errors.append(FieldError(where=f"body.{name}"[:200], code="extra", detail=detail))
            continue
        try:
            msgspec.convert(value, known.type)
        except msgspec.ValidationError as error:
            detail = str(error).split(" - at ", maxsplit=1)[0]
            errors.append(FieldError(where=f"body.{name}", code="invalid", detail=detail))
    return errors
