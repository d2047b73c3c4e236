"""Settings of a gateway, changed from afar."""

from typing import Annotated

from fastapi import APIRouter, Path

from store_server.entrypoints.api.problems_shown import CHANGING, refusals
from store_server.entrypoints.api.schemas.gateway_config import (
    GatewayConfigAnswer,
    GatewayConfigBody,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.push_gateway_config import push_gateway_config
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["fleet"])

GatewayName = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$", examples=["gw-1"])]


@router.put("/gateways/{gateway_id}/config", responses={**CHANGING, **refusals(404)})
async def put_gateway_config(
    gateway_id: GatewayName, body: GatewayConfigBody, context: Context, _caller: OpsCaller
) -> GatewayConfigAnswer:
    """Send a gateway its next configuration; it tries it, and goes back by itself if it must."""
    config = await context.write(
        Priority.APP,
        push_gateway_config,
        gateway=gateway_id,
        settings=body.model_dump(exclude_none=True),
    )
    return GatewayConfigAnswer(
        gateway_id=gateway_id,
        version=config.version,
        published=context.publish_config(config),
    )
