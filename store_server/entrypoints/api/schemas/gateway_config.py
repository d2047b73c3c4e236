"""Bodies of a gateway's configuration."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from store_server.entrypoints.api.schemas.fields import Answer, Body, Flag

Seconds = Annotated[float, Field(strict=True, ge=1, le=3600, allow_inf_nan=False)]


class GatewayConfigBody(Body):
    """What is to be set from afar; what is left out, or null, the gateway's own file decides."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"window_s": 0.5, "log_level": "debug"}]}
    )

    window_s: Annotated[float, Field(strict=True, ge=0.5, le=60, allow_inf_nan=False)] | None = None
    forget_s: Seconds | None = None
    counting: Flag | None = None
    silent_after_s: (
        Annotated[float, Field(strict=True, ge=5, le=3600, allow_inf_nan=False)] | None
    ) = None
    health_interval_s: Seconds | None = None
    log_level: Literal["debug", "info", "warning", "error"] | None = None


class GatewayConfigAnswer(Answer):
    """It is kept; `published` is false while the broker is away, which gets it when it is back.

    Whether the gateway has confirmed it: `GET /v1/gateways`, `config`.
    """

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"gateway_id": "gw-1", "version": 4, "published": True}]}
    )

    gateway_id: str
    version: int
    published: bool
