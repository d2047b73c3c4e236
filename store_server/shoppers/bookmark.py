"""How far the import of a file has come."""

from typing import NamedTuple


class Bookmark(NamedTuple):
    """The last line that was taken in, and how many items were taken and refused by then."""

    through_row: int
    taken: int
    refused: int
