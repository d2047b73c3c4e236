"""Rows that tell which batch they are of, and a program that appends them until it is killed."""

from pathlib import Path

from tests.edge_agent.builders import a_batch, a_row


def rows_of(seq: int, *, size: int | None = None) -> bytes:
    """Encoded rows of batch `seq`; one to forty of them, or about `size` bytes."""
    count = 1 + seq * 7 % 40 if size is None else size // 90
    return a_batch([a_row(f"{seq:08x}{number:08x}") for number in range(count)]).rows


def appender(path: Path) -> str:
    """A program that appends to the spool at `path` and prints each number after its commit."""
    return (
        "from pathlib import Path\n"
        "from benchmarks.spool_rows import rows_of\n"
        "from edge_agent.spool import NewBatch, Spool\n"
        f"spool = Spool(Path({str(path)!r}), max_bytes=10**9)\n"
        "while True:\n"
        "    rows = rows_of(spool.last_seq + 1)\n"
        "    spool.append([NewBatch(rows, 'b' * 32, 'free', 1_760_000_400_000)])\n"
        "    print(spool.last_seq, flush=True)\n"
    )
