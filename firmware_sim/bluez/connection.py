"""Our end of a D-Bus: a blocking socket, written by whoever calls, read by a thread.

dbus-fast encodes and decodes the messages, but its own writer is not used: on a full socket it
takes EAGAIN for the end of the connection, and a burst of adverts fills every socket. A blocking
send waits instead, which is also what keeps a simulation from running ahead of its gateway.

Source: D-Bus Specification, "Authentication Protocol" and "Message Protocol".
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable

from dbus_fast import Message, MessageFlag, MessageType
from dbus_fast._private.unmarshaller import Unmarshaller

from firmware_sim.errors import OutletError

_DBUS = "org.freedesktop.DBus"
_PATIENCE_S = 30.0
_NAME_OWNED = 1

OnMessage = Callable[[Message], None]


class BusConnection:
    """One connection; `on_message` gets signals and method calls, in the reader's thread."""

    def __init__(self, address: str, *, on_message: OnMessage) -> None:
        """Connect, say who we are, and begin to read.

        Raises:
            OutletError: nobody listens at `address`, or it does not let us in.
        """
        self._on_message = on_message
        self._serial = 0
        self._sending = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(_PATIENCE_S)
        try:
            self._socket.connect(address.removeprefix("unix:path=").split(",", maxsplit=1)[0])
            self._authenticate()
            self._unmarshaller = Unmarshaller(None, self._socket, False)
            self.unique_name = str(self._ask("Hello").body[0])
        except (OSError, EOFError) as error:
            self._socket.close()
            raise OutletError(f"D-Bus at {address} cannot be used: {error}") from error
        self._thread: threading.Thread | None = None

    def own(self, name: str) -> None:
        """Take a well-known name; raises OutletError when somebody else has it."""
        (answer,) = self._ask("RequestName", "su", [name, 4]).body
        if answer != _NAME_OWNED:
            raise OutletError(f"D-Bus name {name} is owned by somebody else; stop that one")

    def watch(self, rule: str) -> None:
        """Be told the signals that match `rule`."""
        self._ask("AddMatch", "s", [rule])

    def listen(self) -> None:
        """Begin to hand over what comes; before this, only our own questions are answered."""
        self._socket.settimeout(None)
        self._thread = threading.Thread(target=self._read, name="fake-bluez", daemon=True)
        self._thread.start()

    def send(self, message: Message) -> bool:
        """Write a message whole, however long the bus takes; False when the bus has died."""
        with self._sending:
            self._serial += 1
            message.serial = self._serial
            try:
                self._socket.sendall(message._marshall(False))
            except OSError:
                return False
        return True

    def close(self) -> None:
        """Let go of the bus."""
        with contextlib.suppress(OSError):  # it may have died before us
            self._socket.shutdown(socket.SHUT_RDWR)
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(_PATIENCE_S)
        self._socket.close()

    def _authenticate(self) -> None:
        """EXTERNAL: the kernel vouches for our user id."""
        uid = str(os.getuid()).encode().hex()
        self._socket.sendall(b"\0AUTH EXTERNAL " + uid.encode() + b"\r\n")
        answer = self._socket.recv(4096)
        if not answer.startswith(b"OK "):
            raise OSError(f"authentication refused: {answer[:60]!r}")
        self._socket.sendall(b"BEGIN\r\n")

    def _ask(self, member: str, signature: str = "", body: list[object] | None = None) -> Message:
        """The bus daemon's answer; only before `listen`."""
        question = Message(
            destination=_DBUS,
            path="/org/freedesktop/DBus",
            interface=_DBUS,
            member=member,
            signature=signature,
            body=body or [],
        )
        if not self.send(question):
            raise OSError("the bus has closed the connection")
        while True:
            message = self._next()
            if message.reply_serial == question.serial:
                break
        if message.message_type is MessageType.ERROR:
            raise OSError(f"{member}: {message.error_name} {message.body}")
        return message

    def _next(self) -> Message:
        while True:
            message = self._unmarshaller.unmarshall()
            if message is not None:
                return message

    def _read(self) -> None:
        while True:
            try:
                message = self._next()
            except (OSError, EOFError):
                return  # closed by us or dead; whoever sends next sees it
            if message.message_type in {MessageType.METHOD_CALL, MessageType.SIGNAL}:
                self._on_message(message)


def reply_to(call: Message, signature: str = "", body: list[object] | None = None) -> Message:
    """The answer to a method call."""
    return Message.new_method_return(call, signature, body or [])


def no_reply_call(
    destination: str, path: str, *, interface: str, member: str, signature: str, body: list[object]
) -> Message:
    """A method call that asks for no answer."""
    return Message(
        destination=destination,
        path=path,
        interface=interface,
        member=member,
        flags=MessageFlag.NO_REPLY_EXPECTED,
        signature=signature,
        body=body,
    )
