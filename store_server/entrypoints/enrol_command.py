"""What an installer types on a gateway to bring it in: one line, whole, the same everywhere."""

import ipaddress
import shlex
from urllib.parse import urlsplit

# Where configs/systemd/beaconry-edge.service takes the settings from.
GATEWAY_SETTINGS = "/etc/beaconry/edge.toml"


def enrol_command(server: str, *, code: str) -> str:
    """The line to paste. The code goes in by the input: arguments stand in the process list.

    Args:
        server: address of this server as the gateway reaches it.
        code: as it was made: letters, digits and dashes.
    """
    asked = f"--server {shlex.quote(server)} --config {GATEWAY_SETTINGS} --code -"
    return f"echo {code} | sudo edge-agent enrol {asked}"


def unreachable_warning(server: str) -> str | None:
    """What is wrong with an address that only this machine can reach; None when all is well."""
    host = urlsplit(server).hostname or ""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
    if not local:
        return None
    return (
        f"{server} is reached from this machine alone; for gateways elsewhere set [http] host (and "
        "[mqtt] host) to an address in their network, or [http] public_url, and make a new code"
    )
