"""Products as the back office reads and writes them; the columns of the seed file."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from store_server.entrypoints.api.schemas.fields import PRINTABLE, Answer, Body, Text80, Whole

_PRODUCT: JsonDict = {
    "name": "Rye bread 500 g",
    "category": "bread",
    "department": "bakery",
    "price_minor": 349,
    "margin_bp": 4000,
}


class ProductBody(Body):
    """A product as it shall be from now on; `margin_bp` in basis points of the price."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PRODUCT]})

    name: Annotated[str, Field(min_length=1, max_length=200, pattern=PRINTABLE)]
    category: Text80
    department: Text80
    price_minor: Annotated[Whole, Field(ge=0, le=10**9)]
    margin_bp: Annotated[Whole, Field(ge=0, le=10_000)]


class ProductAnswer(Answer):
    """A product; the price in minor units of the store's currency."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"product_id": "4006", **_PRODUCT}]})

    product_id: str
    name: str
    category: str
    department: str
    price_minor: int
    margin_bp: int


class ProductListAnswer(Answer):
    """A page of products by id; `next_after` asks for the page behind it, null on the last."""

    products: list[ProductAnswer]
    next_after: str | None


class StockBody(Body):
    """Units on the shelves of this store, by product id; products left out stay as they were."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"units": {"4006": 12, "4011": 0}}]})

    units: Annotated[
        dict[
            Annotated[str, Field(pattern=r"^[!-.0-~]{1,64}$")],
            Annotated[Whole, Field(ge=0, le=10**9)],
        ],
        Field(min_length=1, max_length=10_000),
    ]


class StockAnswer(Answer):
    """Units of each product that somebody spoke of; the others are taken to be there."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"units": {"4006": 12, "4011": 0}}]})

    units: dict[str, int]
