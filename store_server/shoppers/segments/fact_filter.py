"""Which purchase lines or events a leaf of a segment counts, and what all nodes are made of."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from store_server.shoppers.attributes import MOST_CHARACTERS

MOST_VALUES = 50

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
# As names of products come in from tills, and categories from product lists.
Printable = Annotated[
    str, Field(min_length=1, max_length=MOST_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Some = Annotated[tuple[Printable, ...], Field(max_length=MOST_VALUES)]


class Node(BaseModel):
    """One node of a tree; unknown fields are mistakes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Purchases(Node):
    """Purchase lines: of these products and of these categories, where they are named."""

    source: Literal["purchases"]
    products: Some = ()
    categories: Some = ()


class Events(Node):
    """Events of one kind ("visit", "zone_stay", ...), about these items where they are named."""

    source: Literal["events"]
    event: Slug
    items: Some = ()


Facts = Annotated[Purchases | Events, Field(discriminator="source")]
