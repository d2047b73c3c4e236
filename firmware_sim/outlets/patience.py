"""How long a client waits for a server that does not answer, and what it may ask twice."""

from collections.abc import Callable

import httpx

from firmware_sim.errors import OutletError

_FIRST_PAUSE_S = 0.05
_LONGEST_PAUSE_S = 1.0
# The server says by these that it has done nothing yet.
_NOT_DONE = frozenset({429, 503})


class Patience:
    """Tries again with doubling pauses until an answer comes or the time is over."""

    def __init__(
        self,
        patience_s: float,
        *,
        sleep: Callable[[float], None],
        monotonic: Callable[[], float],
    ) -> None:
        self._patience_s = patience_s
        self._sleep = sleep
        self._monotonic = monotonic

    def send(
        self, send: Callable[[], httpx.Response], *, what: str, repeatable: bool
    ) -> httpx.Response:
        """The answer, whatever its status, once it is not "later".

        Args:
            send: one try.
            what: method and path, for the error.
            repeatable: whether a request that may have arrived may be sent again.

        Raises:
            OutletError: nothing answers, or an answer was lost that must not be asked for twice.
        """
        give_up_at = self._monotonic() + self._patience_s
        pause_s = _FIRST_PAUSE_S
        while True:
            in_time = self._monotonic() + pause_s < give_up_at
            try:
                response = send()
            except httpx.TransportError as error:
                never_sent = isinstance(error, httpx.ConnectError | httpx.ConnectTimeout)
                if not in_time or not (never_sent or repeatable):
                    raise OutletError(f"{what}: no answer, {type(error).__name__}") from error
            else:
                if response.status_code not in _NOT_DONE or not in_time:
                    return response
            self._sleep(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
