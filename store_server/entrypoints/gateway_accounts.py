"""Accounts of gateways at the broker while the server runs: let in, cut off.

The account is a pair of files; the embedded broker reads them anew and drops whoever it does not
know any more (measured with nats-server 2.15: 16 ms after the reload, others stay connected). So
does a Mosquitto whose files the server keeps (`mosquitto_accounts`); another broker is told by its
operator, with `store-server broker-config`.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from store_server.first_run import Secrets
from store_server.ids import Scope


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """Where gateways find the broker; host None: where they found this server.

    `takes_user_as_client_id` is how our Mosquitto configuration binds names to users.
    """

    host: str | None
    port: int
    tls: bool = False
    ca_pem: str | None = None
    takes_user_as_client_id: bool = False


class GatewayAccounts:
    """Lets gateways in and cuts them off.

    Args:
        secrets: where the accounts are kept.
        scope: whose they are.
        address: of the broker.
        reload: has the broker read the accounts anew, False where that failed; None where the
            broker is its operator's.
    """

    def __init__(
        self,
        secrets: Secrets,
        scope: Scope,
        *,
        address: BrokerAddress,
        reload: Callable[[], bool] | None,
    ) -> None:
        self._secrets = secrets
        self._scope = scope
        self._reload = reload
        self._lock = threading.Lock()
        self.address = address

    def admit(self, gateway: str, *, password: str) -> str:
        """Have this be the gateway's account; whoever used the one before is dropped.

        Returns:
            Its user name at the broker.
        """
        with self._lock:
            user = self._secrets.replace_broker_user(gateway, password=password, scope=self._scope)
            self._tell()
        return user.user

    def cut_off(self, gateway: str) -> bool:
        """Take the account away; whether the broker was told."""
        with self._lock:
            self._secrets.drop_broker_user(gateway)
            return self._tell()

    def _tell(self) -> bool:
        return self._reload is not None and self._reload()
