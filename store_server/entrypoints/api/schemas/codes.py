"""Printed codes as the back office reads and writes them."""

from pydantic import ConfigDict

from store_server.entrypoints.api.schemas.fields import Answer, Body, Slug
from store_server.offers.trigger import Placement


class CodeBody(Body):
    """What the scan of a code means: where it hangs, and which campaign alone it asks."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"placement": "qr", "zone": "bakery", "campaign": None}]}
    )

    placement: Placement = Placement.QR
    zone: Slug | None = None
    campaign: Slug | None = None


class CodeAnswer(Answer):
    """A printed code."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"code": "shelf-7", "placement": "qr", "zone": "bakery", "campaign": None}]
        }
    )

    code: str
    placement: Placement
    zone: str | None
    campaign: str | None


class CodeListAnswer(Answer):
    """Every printed code, in order."""

    codes: list[CodeAnswer]
