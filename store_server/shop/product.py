"""What a store sells: the categories that purchases are counted by and offers are made for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Product:
    """One article; `price_minor` in the store's currency, `margin_bp` of the price."""

    id: str
    name: str
    category: str
    department: str
    price_minor: int
    margin_bp: int
