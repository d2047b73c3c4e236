"""What systemd does with configs/systemd/beaconry-edge.service, as far as files go.

There is no systemd in a test; credentials are read from and written to folders the way
systemd.exec(5) says: LoadCredential= copies a file, and where it is not there SetCredential= of
the same name is the fallback, else the start fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path

UNIT = Path("configs/systemd/beaconry-edge.service")
SETTINGS_FOLDER = "/etc/beaconry"


def keys_of(unit: Path, name: str) -> Iterator[str]:
    """The values of every line `name=`."""
    yield from re.findall(rf"^{name}=(.*)$", unit.read_text(), re.MULTILINE)


def environment_of(unit: Path = UNIT) -> dict[str, str]:
    """The environment that the service has beside what systemd itself puts there."""
    words = " ".join(keys_of(unit, "Environment")).split()
    return dict(word.split("=", 1) for word in words)


def hand_over(settings: Path, credentials: Path, *, unit: Path = UNIT) -> list[str]:
    """Copy the credentials of the unit; the command that it starts then.

    Args:
        settings: the folder that stands for /etc/beaconry.
        credentials: the folder that systemd would make; made here.
        unit: the unit file.

    Raises:
        FileNotFoundError: a credential is not there and has no fallback: systemd would not start.
    """
    credentials.mkdir(mode=0o700)
    fallbacks = dict(one.split(":", 1) for one in keys_of(unit, "SetCredential"))
    for line in keys_of(unit, "LoadCredential"):
        name, _, source = line.partition(":")
        place = settings / Path(source).relative_to(SETTINGS_FOLDER)
        if not place.exists() and name in fallbacks:
            (credentials / name).write_text(fallbacks[name])
        else:
            (credentials / name).write_bytes(place.read_bytes())
        (credentials / name).chmod(0o400)
    (command,) = keys_of(unit, "ExecStart")
    return command.replace("${CREDENTIALS_DIRECTORY}", str(credentials)).split()
