"""A second look at BlueZ, beside bleak's: is it there, is the adapter there, and reset it.

bleak says nothing when the bus dies, when bluetoothd is started again or when a dongle is
pulled: its callback is just never called again. So a connection of ours listens for these,
and for nothing else: signals of devices do not come this way. dbus-fast comes with bleak.
"""

import asyncio
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

_BLUEZ = "org.bluez"
_ADAPTER = "org.bluez.Adapter1"
_MONITORS = "org.bluez.AdvertisementMonitorManager1"
_OBJECTS = "org.freedesktop.DBus.ObjectManager"
_PROPERTIES = "org.freedesktop.DBus.Properties"
_DBUS = "org.freedesktop.DBus"
# bluetoothd answers at once, or hangs; powering an adapter takes up to about two seconds.
_ANSWER_S = 3.0

Trouble = Literal["dbus_lost", "bluez_gone", "adapter_gone", "adapter_off"]
Objects = dict[str, dict[str, dict[str, object]]]


class BluezFault(Exception):
    """BlueZ is not there, or does not do what it is asked; trying again may help."""


class RadioWatch(Protocol):
    """The port: BlueZ and one adapter of it, as the scanner's keeper sees them."""

    adapter: str
    powered: bool
    offers_monitors: bool

    async def open(self) -> None:
        """Find BlueZ and the adapter, and begin to watch; raises BluezFault."""

    async def trouble(self) -> Trouble:
        """Wait until something has happened after which the scanner cannot hear any more."""

    async def reset(self) -> None:
        """Power the adapter off and on; raises BluezFault."""

    def close(self) -> None:
        """Watch no more."""


class BluezWatch:
    """One adapter, watched from a connection of our own; `open` it again after trouble."""

    def __init__(self, adapter: str = "") -> None:
        """Prepare; `adapter` is its name, empty for the first that is powered."""
        self._wanted = adapter
        self._bus: MessageBus | None = None
        self._trouble: asyncio.Future[Trouble] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._resetting = False
        self.adapter = adapter
        self.powered = False
        self.offers_monitors = False

    async def open(self) -> None:
        """Connect and find the adapter; sets `adapter`, `powered` and `offers_monitors`.

        Raises:
            BluezFault: there is no bus, no BlueZ on it, or no such adapter.
        """
        self.close()
        try:
            await asyncio.wait_for(self._open(), _ANSWER_S)
        except BluezFault:
            self.close()
            raise
        except Exception as error:
            # Whatever dbus-fast meets on a bus that is coming up or going down.
            self.close()
            raise BluezFault(f"no D-Bus: {error or type(error).__name__}") from error

    async def trouble(self) -> Trouble:
        """Wait until something has happened after which the scanner cannot hear any more."""
        assert self._trouble is not None, "open first"
        return await asyncio.shield(self._trouble)

    async def reset(self) -> None:
        """Power the adapter off and on.

        Raises:
            BluezFault: BlueZ refuses, or does not answer.
        """
        self._resetting = True
        try:
            for on in (False, True):
                await asyncio.wait_for(self._power(on), _ANSWER_S)
        except BluezFault:
            raise
        except Exception as error:
            raise BluezFault(f"adapter {self.adapter} cannot be reset: {error}") from error
        finally:
            self._resetting = False

    def close(self) -> None:
        """Let go of the bus."""
        bus, self._bus = self._bus, None
        if self._ending is not None:
            self._ending.cancel()
        if bus is not None:
            bus.disconnect()
        if self._trouble is not None:
            self._trouble.cancel()

    async def _open(self) -> None:
        from dbus_fast import BusType  # noqa: PLC0415 (only where there is a radio)
        from dbus_fast.aio import MessageBus  # noqa: PLC0415

        self._bus = MessageBus(bus_type=BusType.SYSTEM)
        await self._bus.connect()
        self._trouble = asyncio.get_running_loop().create_future()
        self._ending = asyncio.create_task(self._watch_end(self._bus))
        self._bus.add_message_handler(self._take)
        objects = await self._ask(_BLUEZ, "/", f"{_OBJECTS}.GetManagedObjects")
        assert isinstance(objects, dict)
        self.adapter = self._choose(objects)
        path = self._path
        self.offers_monitors = _MONITORS in objects[path]
        self.powered = _powered(objects[path][_ADAPTER])
        for rule in (
            f"sender='{_DBUS}',member='NameOwnerChanged',arg0='{_BLUEZ}'",
            f"interface='{_PROPERTIES}',path='{path}'",
            f"interface='{_OBJECTS}',member='InterfacesRemoved',arg0path='{path}'",
        ):
            await self._ask(
                _DBUS, "/org/freedesktop/DBus", f"{_DBUS}.AddMatch", "s", f"type='signal',{rule}"
            )

    @property
    def _path(self) -> str:
        return f"/org/bluez/{self.adapter}"

    def _choose(self, objects: Objects) -> str:
        """The adapter that is wanted, else the first powered one, else the first."""
        adapters = {
            path.rpartition("/")[2]: interfaces[_ADAPTER]
            for path, interfaces in sorted(objects.items())
            if _ADAPTER in interfaces
        }
        if self._wanted in adapters:
            return self._wanted
        if self._wanted or not adapters:
            there = ", ".join(adapters) or "none"
            raise BluezFault(f"no adapter {self._wanted or 'at all'}; there is: {there}")
        on = [name for name, properties in adapters.items() if _powered(properties)]
        return (on or list(adapters))[0]

    async def _power(self, on: bool) -> None:
        from dbus_fast import Variant  # noqa: PLC0415

        body = (_ADAPTER, "Powered", Variant("b", on))
        await self._ask(_BLUEZ, self._path, f"{_PROPERTIES}.Set", "ssv", *body)

    async def _ask(
        self, destination: str, path: str, method: str, signature: str = "", *body: object
    ) -> object:
        """The first value of the answer, None where it is empty; raises BluezFault."""
        from dbus_fast import Message, MessageType  # noqa: PLC0415

        if self._bus is None:
            raise BluezFault("no connection to D-Bus")
        interface, _, member = method.rpartition(".")
        answer = await self._bus.call(
            Message(
                destination=destination,
                path=path,
                interface=interface,
                member=member,
                signature=signature,
                body=list(body),
            )
        )
        if answer.message_type is MessageType.ERROR:
            raise BluezFault(f"{member}: {answer.error_name}")
        return answer.body[0] if answer.body else None

    def _take(self, message: "Message") -> None:
        if message.member == "NameOwnerChanged" and message.body[0] == _BLUEZ:
            self._tell("bluez_gone")
        elif message.member == "InterfacesRemoved" and message.body[0] == self._path:
            self._tell("adapter_gone")
        elif message.member == "PropertiesChanged" and message.path == self._path:
            changed = message.body[1]
            if "Powered" in changed and not changed["Powered"].value and not self._resetting:
                self._tell("adapter_off")

    async def _watch_end(self, bus: "MessageBus") -> None:
        ended = bus.wait_for_disconnect()  # type: ignore[no-untyped-call]  # dbus-fast's
        await asyncio.gather(ended, return_exceptions=True)
        self._tell("dbus_lost")

    def _tell(self, trouble: Trouble) -> None:
        if self._trouble is not None and not self._trouble.done():
            self._trouble.set_result(trouble)


def _powered(properties: dict[str, object]) -> bool:
    return getattr(properties.get("Powered"), "value", False) is True
