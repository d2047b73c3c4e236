"""The cable between one gateway and the broker, which can be cut: a TCP relay on loopback.

    whole --(cut)--> open connections end, new ones are refused --(mend)--> whole

The gateway is configured with this address instead of the broker's and is otherwise unchanged;
so what it does without a net is what the real program does.
"""

import contextlib
import socket
import threading

_CHUNK_BYTES = 65_536
_BACKLOG = 8


class BrokerLine:
    """One relay; `address` is where the gateway connects to. `close` ends it for good."""

    def __init__(self, broker: tuple[str, int]) -> None:
        self._broker = broker
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._listener: socket.socket | None = None
        self.address: tuple[str, int] = ("127.0.0.1", 0)
        self.mend()

    def cut(self) -> None:
        """End every connection and refuse new ones."""
        with self._lock:
            listener, self._listener = self._listener, None
            ends, self._open = self._open, set()
        for one in (*ends, *([listener] if listener else [])):
            _end(one)

    def mend(self) -> None:
        """Accept connections again, at the same port; nothing where the line is whole."""
        with self._lock:
            if self._listener is not None:
                return
            listener = socket.create_server(self.address, backlog=_BACKLOG)
            self.address = ("127.0.0.1", listener.getsockname()[1])
            self._listener = listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def close(self) -> None:
        """The same as `cut`."""
        self.cut()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                gateway, _ = listener.accept()
            except OSError:
                return
            try:
                broker = socket.create_connection(self._broker, timeout=5)
            except OSError:
                _end(gateway)
                continue
            broker.settimeout(None)
            with self._lock:
                if self._listener is not listener:
                    _end(gateway)
                    _end(broker)
                    return
                self._open |= {gateway, broker}
            for one, other in ((gateway, broker), (broker, gateway)):
                threading.Thread(target=self._relay, args=(one, other), daemon=True).start()

    def _relay(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while chunk := source.recv(_CHUNK_BYTES):
                sink.sendall(chunk)
        with self._lock:
            self._open -= {source, sink}
        _end(source)
        _end(sink)


def _end(one: socket.socket) -> None:
    """Close a socket so that a thread that waits on it wakes up."""
    with contextlib.suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
