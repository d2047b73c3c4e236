"""Where the money of a receipt went: promoted categories, their departments, the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple


class Article(NamedTuple):
    """What is known of a product; `margin_bp` of its price."""

    category: str
    department: str
    margin_bp: int


class Split(NamedTuple):
    """A receipt's margin and its amounts before discounts, in minor units."""

    margin_minor: int
    promoted_minor: int
    related_minor: int
    other_minor: int


@dataclass(frozen=True, slots=True)
class Shelves:
    """The shop as what was promoted to one unit sees it.

    articles: by product. departments: by category. What is not known is other.
    """

    articles: Mapping[str, Article]
    promoted: frozenset[str]
    departments: Mapping[str, str]

    def split(self, lines: Sequence[tuple[str, int, int]]) -> Split:
        """Of (product, quantity, amount) lines; margin is rounded half up, once a line."""
        departments = {self.departments.get(one) for one in self.promoted} - {None}
        margin = promoted = related = other = 0
        for product, _, amount in lines:
            article = self.articles.get(product)
            if article is not None:
                margin += (amount * article.margin_bp + 5_000) // 10_000
            if article is not None and article.category in self.promoted:
                promoted += amount
            elif article is not None and article.department in departments:
                related += amount
            else:
                other += amount
        return Split(margin, promoted, related, other)
