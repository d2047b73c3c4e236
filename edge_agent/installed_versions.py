"""Which version of a distribution is installed, told by the name of its folder.

importlib.metadata would tell as well; with what it loads it takes a megabyte of a small computer
for as long as the agent runs.

Source: Python Packaging, "Recording installed projects": {name}-{version}.dist-info.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

_TAIL = ".dist-info"


def installed_version(name: str, *, folders: Sequence[str] | None = None) -> str | None:
    """The version of the distribution `name`; None where it is not installed.

    Args:
        name: as it is written in its folder's name, with _ for -.
        folders: where to look, the first that has it wins; None: where Python looks.
    """
    for folder in sys.path if folders is None else folders:
        for found in sorted(Path(folder).glob(f"{name}-*{_TAIL}")):
            return found.name.removeprefix(f"{name}-").removesuffix(_TAIL)
    return None
