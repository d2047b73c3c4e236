"""The articles of the organisation: read page by page, made and changed one by one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from store_server.entrypoints.api.problems_shown import CHANGING, READING
from store_server.entrypoints.api.schemas.products import (
    ProductAnswer,
    ProductBody,
    ProductListAnswer,
    StockAnswer,
    StockBody,
)
from store_server.entrypoints.http_auth import Context, OpsCaller
from store_server.flows.keep_stock import keep_stock, show_stock
from store_server.flows.save_product import save_product, show_products
from store_server.shop.product import Product
from store_server.writer import Priority

router = APIRouter(prefix="/v1", tags=["back office"], responses=READING)

# No slash: it would end the segment of the address.
ProductName = Annotated[str, Path(pattern=r"^[!-.0-~]{1,64}$", examples=["4006"])]
After = Annotated[str, Query(pattern=r"^[ -~]{0,64}$")]
Limit = Annotated[int, Query(ge=1, le=500)]


@router.get("/products")
async def list_products(
    context: Context, _caller: OpsCaller, after: After = "", limit: Limit = 100
) -> ProductListAnswer:
    """The products of the organisation, by id, behind `after`."""
    page = await context.read(show_products, after=after, limit=limit)
    return ProductListAnswer(
        products=[_product(one) for one in page.products], next_after=page.next_after
    )


@router.put("/products/{product_id}", responses=CHANGING)
async def put_product(
    product_id: ProductName, body: ProductBody, context: Context, _caller: OpsCaller
) -> ProductAnswer:
    """Make a product, or change it; the next basket already goes by its category."""
    product = Product(id=product_id, **body.model_dump())
    return _product(await context.write(Priority.APP, save_product, product=product))


@router.get("/stock")
async def get_stock(context: Context, _caller: OpsCaller) -> StockAnswer:
    """What is on the shelves of this store, as it was last said."""
    return StockAnswer(units=await context.read(show_stock))


@router.put("/stock", responses=CHANGING)
async def put_stock(body: StockBody, context: Context, _caller: OpsCaller) -> StockAnswer:
    """Say what is on the shelves; of what there is none nothing is offered."""
    await context.write(Priority.APP, keep_stock, units=body.units)
    return StockAnswer(units=body.units)


def _product(product: Product) -> ProductAnswer:
    return ProductAnswer(
        product_id=product.id,
        name=product.name,
        category=product.category,
        department=product.department,
        price_minor=product.price_minor,
        margin_bp=product.margin_bp,
    )
