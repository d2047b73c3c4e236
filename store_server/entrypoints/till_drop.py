"""Baskets from tills that speak no HTTP: CSV files in a folder, taken at each tick.

    FOLDER/NAME.csv              dropped (written under another name, then renamed)
    FOLDER/done/NAME.csv         every receipt of it was judged
    FOLDER/rejected/NAME.csv     the rows that were not taken, each with its line and error

A file is moved when the database has all of it; a server that is killed before begins it again,
and what it had taken is a replay. So nothing is taken twice and nothing is lost, without a mark
of our own. The form is in docs/till.md.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import structlog

from store_server.errors import Refusal, TooMany
from store_server.flows.drop_rows import DroppedReceipt, missing_columns, read_receipts
from store_server.flows.rooms import StoreLive
from store_server.flows.seed_csv import chunked
from store_server.flows.take_basket import BasketRequest, BasketTaken, take_baskets
from store_server.writer import Priority, Writer

log = structlog.get_logger(__name__)

RECEIPTS_AT_ONCE = 100
# A receipt that comes in a file is known by what it says; the file's name says nothing.
KEY = "csv:"


class TillDrop:
    """One drop folder of one store."""

    def __init__(self, folder: Path, writer: Writer[StoreLive]) -> None:
        self._folder = folder
        self._writer = writer

    def look(self) -> int:
        """Take every file that lies there, oldest name first; how many were moved away."""
        moved = 0
        try:
            for name in ("done", "rejected"):
                (self._folder / name).mkdir(parents=True, exist_ok=True)
            for path in sorted(self._folder.glob("*.csv")):
                if not path.name.startswith(".") and path.is_file():
                    self._take(path)
                    moved += 1
        except OSError as error:
            log.error("drop folder cannot be used", folder=str(self._folder), error=error.strerror)
        except TooMany:
            log.warning("drop folder left for the next tick, server busy")
        return moved

    def _take(self, path: Path) -> None:
        try:
            text = path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            self._reject_whole(path, f"is not UTF-8 at byte {error.start}; save it as UTF-8")
            return
        rows = csv.DictReader(io.StringIO(text, newline=""))
        columns = list(rows.fieldnames or ())
        if missing := missing_columns(columns):
            self._reject_whole(path, f"lacks the column {', '.join(missing)}; see docs/till.md")
            return
        taken, rejected = 0, list[DroppedReceipt]()
        for receipts in chunked(read_receipts(rows), RECEIPTS_AT_ONCE):
            judged = self._judge(receipts)
            rejected += judged
            taken += len(receipts) - len(judged)
        if rejected:
            self._write(path, columns, rejected)
        path.replace(_free_name(self._folder / "done" / path.name, path.read_bytes()))
        log.info("drop file taken", file=path.name, receipts=taken, rejected=len(rejected))

    def _judge(self, receipts: Sequence[DroppedReceipt]) -> list[DroppedReceipt]:
        """Take receipts; those that were not, each with why."""
        good = [one for one in receipts if one.basket is not None and not one.errors]
        requests = [BasketRequest(one.basket, _key(one)) for one in good if one.basket is not None]
        answers = self._submit(requests) if requests else []
        refused = {
            id(one): answer
            for one, answer in zip(good, answers, strict=True)
            if isinstance(answer, Refusal)
        }
        return [
            one.with_refusal(refused[id(one)]) if id(one) in refused else one
            for one in receipts
            if one.errors or id(one) in refused
        ]

    def _submit(self, requests: Sequence[BasketRequest]) -> list[BasketTaken | Refusal]:
        # A priority of its own class: files wait behind whoever stands at a till.
        flow: Callable[..., list[BasketTaken | Refusal]] = take_baskets
        return self._writer.submit(Priority.SIGHTINGS, flow, requests=requests).result()

    def _write(
        self, path: Path, columns: Sequence[str], rejected: Iterable[DroppedReceipt]
    ) -> None:
        kept = [name for name in columns if name not in ("line", "error")]
        file = io.StringIO(newline="")
        writer = csv.writer(file)
        writer.writerow([*kept, "line", "error"])
        for receipt in rejected:
            for row, line, error in receipt.rows_with_errors():
                writer.writerow([*(row.get(name, "") for name in kept), line, error])
        content = file.getvalue().encode()
        draft = self._folder / "rejected" / f".{path.name}.part"
        draft.write_bytes(content)
        draft.replace(_free_name(self._folder / "rejected" / path.name, content))

    def _reject_whole(self, path: Path, why: str) -> None:
        to = _free_name(self._folder / "rejected" / path.name, path.read_bytes())
        to.with_suffix(".error.txt").write_text(f"{path.name} {why}\n", encoding="utf-8")
        path.replace(to)
        log.warning("drop file rejected", file=path.name, why=why)


def _free_name(wanted: Path, content: bytes) -> Path:
    """A name beside no other content: two files of one name are both kept, a repetition is not."""
    path, number = wanted, 1
    while path.exists() and path.read_bytes() != content:
        path, number = wanted.with_stem(f"{wanted.stem}-{number}"), number + 1
    return path


def _key(receipt: DroppedReceipt) -> str:
    """Follows from the whole receipt: the same one in another file is the same request."""
    basket = receipt.basket
    assert basket is not None
    return KEY + hashlib.sha256((basket.id + basket.fingerprint()).encode()).hexdigest()[:40]
