"""A segment as rows of a form: each says one thing of a shopper; all or any of them must hold.

Trees of the API can say more; one that rows cannot say is shown as its sentence and kept.
"""

from collections.abc import Mapping

from store_server.entrypoints.console.field_texts import NEEDED, NO_NUMBER, Reading
from store_server.entrypoints.console.forms import Sent
from store_server.entrypoints.console.frame import N_
from store_server.shoppers.segments.segment import Segment

ROWS = 4
KIND_TEXTS = {
    "": N_("nothing more"),
    "bought": N_("bought of the category, so often in the last days"),
    "not_bought": N_("bought nothing of the category in the last days"),
    "spent": N_("spent at least, in the last days"),
    "stage": N_("is in the stage of life as a customer"),
    "language": N_("reads the language"),
    "zone": N_("is in the zone now"),
}
MOST = 10**9


def tree_of(reading: Reading) -> dict[str, object]:
    """The tree of the rows that are filled in; everybody when none is."""
    nodes = [node for number in range(1, ROWS + 1) if (node := _node(reading, number)) is not None]
    if not nodes:
        return {"kind": "everyone"}
    if len(nodes) == 1:
        return nodes[0]
    return {"kind": "any" if reading.sent.text("joined") == "any" else "all", "of": nodes}


def _node(reading: Reading, number: int) -> dict[str, object] | None:
    kind = reading.sent.text(f"kind_{number}", longest=20)
    word = reading.sent.text(f"word_{number}", longest=80)
    if kind not in KIND_TEXTS or not kind:
        return None
    if kind in ("bought", "not_bought", "spent"):
        return _tally(reading, number, kind, word)
    if not word:
        reading.errors[f"word_{number}"] = NEEDED
    match kind:
        case "stage":
            return {"kind": "stage", "values": [word]}
        case "language":
            return {"kind": "language", "values": [word]}
        case _:
            return {"kind": "live_zone", "zones": [word]}


def _tally(reading: Reading, number: int, kind: str, word: str) -> dict[str, object]:
    days = reading.whole(f"days_{number}", 1, 3_660)
    facts: dict[str, object] = {"source": "purchases"}
    if word and kind != "spent":
        facts["categories"] = [word]
    elif kind != "spent":
        reading.errors[f"word_{number}"] = NEEDED
    tally: dict[str, object] = {"kind": "tally", "facts": facts}
    if days is not None:
        tally["days"] = days
    if kind == "not_bought":
        return {**tally, "op": "eq", "value": 0}
    if kind == "spent":
        amount = reading.money(f"times_{number}")
        if amount is None:
            reading.errors.setdefault(f"times_{number}", NEEDED)
        return {**tally, "measure": "amount", "op": "ge", "value": amount or 0}
    times = reading.whole(f"times_{number}", 1, MOST)
    if times is None:
        reading.errors.setdefault(f"times_{number}", NO_NUMBER)
    return {**tally, "measure": "baskets", "op": "ge", "value": times or 1}


def rows_of(segment: Segment) -> Sent:
    """The form of a segment: its rows, or only its name where rows cannot say it."""
    document = segment.tree.model_dump(mode="json")
    nodes = [document]
    fields: dict[str, tuple[str, ...]] = {"name": (segment.name,)}
    if document["kind"] in ("all", "any"):
        fields["joined"] = (str(document["kind"]),)
        nodes = list(document["of"])
    rows = [_row(node) for node in nodes]
    if document["kind"] != "everyone" and (None in rows or len(rows) > ROWS):
        return Sent({**fields, "told_only": ("yes",)})
    for number, row in enumerate(rows, 1):
        for name, value in (row or {}).items():
            fields[f"{name}_{number}"] = (value,)
    return Sent(fields)


def _row(node: Mapping[str, object]) -> dict[str, str] | None:
    values = node.get("values") or node.get("zones")
    match node["kind"]:
        case "stage" | "language" as kind if isinstance(values, list) and len(values) == 1:
            return {"kind": str(kind), "word": str(values[0])}
        case "live_zone" if isinstance(values, list) and len(values) == 1:
            return {"kind": "zone", "word": str(values[0])}
        case "tally":
            return _tally_row(node)
        case _:
            return None


def _tally_row(node: Mapping[str, object]) -> dict[str, str] | None:
    facts = node["facts"]
    if (
        not isinstance(facts, Mapping)
        or facts.get("source") != "purchases"
        or facts.get("products")
    ):
        return None
    categories = facts.get("categories") or []
    row = {"days": str(node["days"])} if node.get("days") is not None else {}
    shape = (node["measure"], node["op"])
    if isinstance(categories, list) and len(categories) == 1:
        row["word"] = str(categories[0])
        if shape == ("count", "eq") and node["value"] == 0:
            return {**row, "kind": "not_bought"}
        if shape == ("baskets", "ge"):
            return {**row, "kind": "bought", "times": str(node["value"])}
    return None
