"""org.bluez on a D-Bus: adverts in by `hear`, signals and answers out.

One lock keeps the two threads apart: whoever brings adverts, and the connection's reader, which
brings method calls. A signal that could not be sent because the bus has died is forgotten, as
bluetoothd itself would be: after `connect` to a new bus nothing is remembered.
"""

import threading
import time
from collections.abc import Callable

from dbus_fast import Message, MessageType, Variant

from firmware_sim.bluez.adapter import (
    ADAPTER,
    MONITORS,
    Added,
    Changed,
    Cure,
    FakeAdapter,
    Refused,
    Told,
)
from firmware_sim.bluez.advertised import OrPattern
from firmware_sim.bluez.connection import BusConnection, no_reply_call, reply_to

BLUEZ = "org.bluez"
OBJECTS = "org.freedesktop.DBus.ObjectManager"
PROPERTIES = "org.freedesktop.DBus.Properties"
MONITOR = "org.bluez.AdvertisementMonitor1"
_UNKNOWN_METHOD = "org.freedesktop.DBus.Error.UnknownMethod"
_UNKNOWN_OBJECT = "org.freedesktop.DBus.Error.UnknownObject"
_FORGET_EVERY_S = 1.0


class FakeBluez:
    """A bluetoothd with adapters `names`; `told` counts adverts that became a signal."""

    def __init__(
        self,
        address: str,
        *names: str,
        offers_monitors: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.told = 0
        self._address = address
        self._offers_monitors = offers_monitors
        self._clock = clock
        self._lock = threading.RLock()
        self._names = names or ("hci0",)
        self._adapters: dict[str, FakeAdapter] = {}
        self._connection: BusConnection | None = None
        self._forgot_s = clock()

    def connect(self) -> None:
        """Come up on the bus with nothing remembered; raises OutletError."""
        self.close()
        connection = BusConnection(self._address, on_message=self._take)
        with self._lock:
            self._adapters = {
                f"/org/bluez/{name}": FakeAdapter(name, offers_monitors=self._offers_monitors)
                for name in self._names
            }
            self._connection = connection
        connection.watch("type='signal',member='NameOwnerChanged'")
        connection.watch(f"type='signal',interface='{OBJECTS}',member='InterfacesAdded'")
        connection.own(BLUEZ)
        connection.listen()

    def close(self) -> None:
        """Leave the bus."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def hear(self, address: str, ad: bytes, rssi_dbm: int, *, adapter: str = "hci0") -> bool:
        """One advert from the air; False when no signal came of it."""
        with self._lock:
            radio = self._adapters.get(f"/org/bluez/{adapter}")
            if radio is None:
                return False
            now_s = self._clock()
            told = radio.take(address, ad, rssi_dbm=rssi_dbm, now_s=now_s)
            sent = bool(told) and self._tell(told)
            self.told += sent
            if now_s - self._forgot_s >= _FORGET_EVERY_S:
                self._forgot_s = now_s
                self._tell(radio.forget_silent(now_s))
            return sent

    def adapter(self, name: str = "hci0") -> FakeAdapter:
        """The adapter of that name; KeyError when it is gone."""
        return self._adapters[f"/org/bluez/{name}"]

    def fall_silent(self, cure: Cure, *, adapter: str = "hci0") -> None:
        """The adapter hears nothing more until it is cured."""
        with self._lock:
            self.adapter(adapter).fall_silent(cure)

    def pull_out(self, adapter: str = "hci0") -> None:
        """The adapter is gone: the dongle was pulled."""
        with self._lock:
            gone = self._adapters.pop(f"/org/bluez/{adapter}")
            self._tell(gone.forget_all())
            self._send(_signal("/", OBJECTS, "InterfacesRemoved", "oas", [gone.path, [ADAPTER]]))

    def plug_in(self, adapter: str = "hci0") -> None:
        """An adapter is there."""
        with self._lock:
            new = FakeAdapter(adapter, offers_monitors=self._offers_monitors)
            self._adapters[new.path] = new
            body: list[object] = [*next(new.objects())]
            self._send(_signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body))

    def _tell(self, told: list[Told]) -> bool:
        sent = [self._send(_told_message(one)) for one in told]
        return all(sent)

    def _send(self, message: Message) -> bool:
        connection = self._connection
        return connection is not None and connection.send(message)

    def _take(self, message: Message) -> None:
        with self._lock:
            if message.message_type is MessageType.SIGNAL:
                self._take_signal(message)
                return
            try:
                answer = self._answer(message)
            except Refused as refusal:
                answer = Message.new_error(message, refusal.name, str(refusal))
            self._send(answer)

    def _take_signal(self, signal: Message) -> None:
        if signal.member == "NameOwnerChanged":
            name, _, new_owner = signal.body
            if name.startswith(":") and not new_owner:
                for adapter in self._adapters.values():
                    self._tell(adapter.client_gone(name))
        elif signal.member == "InterfacesAdded" and signal.sender is not None:
            path, interfaces = signal.body
            if MONITOR in interfaces:
                self._activate(signal.sender, path, interfaces[MONITOR])

    def _activate(self, sender: str, path: str, shown: dict[str, Variant]) -> None:
        given = shown["Patterns"].value if "Patterns" in shown else []
        patterns = [OrPattern(start, kind, bytes(content)) for start, kind, content in given]
        for adapter in self._adapters.values():
            if adapter.activate_monitor(sender, path, patterns):
                self._send(
                    no_reply_call(
                        sender, path, interface=MONITOR, member="Activate", signature="", body=[]
                    )
                )

    def _answer(self, call: Message) -> Message:
        if call.interface == OBJECTS and call.member == "GetManagedObjects" and call.path == "/":
            objects = {p: i for one in self._adapters.values() for p, i in one.objects()}
            return reply_to(call, "a{oa{sa{sv}}}", [objects])
        adapter = self._adapters.get(call.path or "")
        if adapter is None:
            raise Refused(_UNKNOWN_OBJECT, f"no object at {call.path}")
        if call.interface == PROPERTIES:
            return self._answer_properties(adapter, call)
        self._tell(self._run(adapter, call))
        return reply_to(call)

    def _run(self, adapter: FakeAdapter, call: Message) -> list[Told]:
        """A method of the adapter; raises Refused."""
        sender = call.sender or ""
        match (call.interface, call.member):
            case (str(name), "SetDiscoveryFilter") if name == ADAPTER:
                adapter.set_filter(sender, call.body[0])
            case (str(name), "StartDiscovery") if name == ADAPTER:
                return adapter.start_discovery(sender)
            case (str(name), "StopDiscovery") if name == ADAPTER:
                return adapter.stop_discovery(sender)
            case (str(name), "RegisterMonitor") if name == MONITORS and adapter.offers_monitors:
                adapter.register_monitor(sender, call.body[0])
            case (str(name), "UnregisterMonitor") if name == MONITORS and adapter.offers_monitors:
                adapter.unregister_monitor(sender, call.body[0])
            case _:
                raise Refused(_UNKNOWN_METHOD, f"{call.interface}.{call.member}")
        return []

    def _answer_properties(self, adapter: FakeAdapter, call: Message) -> Message:
        if call.member == "Set" and call.body[:2] == [ADAPTER, "Powered"]:
            self._tell(adapter.set_power(bool(call.body[2].value)))
            return reply_to(call)
        known = adapter.properties()
        if call.member == "GetAll":
            return reply_to(call, "a{sv}", [known])
        if call.member == "Get" and call.body[1] in known:
            return reply_to(call, "v", [known[call.body[1]]])
        raise Refused(_UNKNOWN_METHOD, f"{call.member} {call.body}")


def _told_message(told: Told) -> Message:
    match told:
        case Added(path, properties):
            body: list[object] = [path, {"org.bluez.Device1": properties}]
            return _signal("/", OBJECTS, "InterfacesAdded", "oa{sa{sv}}", body)
        case Changed(path, interface, properties):
            body = [interface, properties, []]
            return _signal(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)
        case _:
            body = [told.path, list(told.interfaces)]
            return _signal("/", OBJECTS, "InterfacesRemoved", "oas", body)


def _signal(path: str, interface: str, member: str, signature: str, body: list[object]) -> Message:
    return Message(
        path=path,
        interface=interface,
        member=member,
        message_type=MessageType.SIGNAL,
        signature=signature,
        body=body,
        validate=False,
    )
