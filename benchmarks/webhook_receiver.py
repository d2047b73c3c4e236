"""A receiver in a process of its own for the benchmarks: answers as its path says, and remembers.

`/ok` says 204, `/flaky/N` says 503 to one in N, `/no` says 404, `/slow/S` waits S seconds and
says 404, `/late/S` waits as long and says 204, `/hang` never answers. `GET /seen` gives everything
that arrived, one JSON line each: [path, webhook-id, arrived in epoch ns, status], and `GET /count`
only how many.
"""

import asyncio
import json
import multiprocessing
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection

_TEXT = {200: "OK", 204: "No Content", 404: "Not Found", 503: "Service Unavailable"}


class _Receiver:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int, int]] = []
        self.asked: Counter[str] = Counter()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await _head(reader):
                await self._answer(head, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(
        self, head: list[str], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        arrived = time.time_ns()
        path = head[0].split(" ")[1]
        headers = dict(line.lower().split(": ", 1) for line in head[1:] if ": " in line)
        await reader.readexactly(int(headers.get("content-length", "0")))
        if path in ("/seen", "/count"):
            lines = "\n".join(json.dumps(one) for one in self.seen)
            body = (lines if path == "/seen" else str(len(self.seen))).encode()
            writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body)
            return
        self.asked[path] += 1
        kind, _, number = path.removeprefix("/").partition("/")
        status = 204
        if kind == "flaky" and self.asked[path] % int(number) == 0:
            status = 503
        if kind in ("no", "slow", "hang"):
            status = 404
        self.seen.append((path, headers.get("webhook-id", ""), arrived, status))
        if kind in ("slow", "late"):
            await asyncio.sleep(float(number))
        if kind == "hang":
            await reader.read(1)
            return
        writer.write(f"HTTP/1.1 {status} {_TEXT[status]}\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()


async def _head(reader: asyncio.StreamReader) -> list[str]:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    except asyncio.IncompleteReadError:
        return []


def _run(port: Connection) -> None:
    async def listen() -> None:
        server = await asyncio.start_server(_Receiver().serve, "127.0.0.1", 0, backlog=512)
        port.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(listen())


@contextmanager
def a_receiver_process() -> Iterator[str]:
    """The base URL of a running receiver."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe()
    process = context.Process(target=_run, args=(theirs,), daemon=True)
    process.start()
    try:
        yield f"http://127.0.0.1:{mine.recv()}"
    finally:
        process.terminate()
        process.join()
