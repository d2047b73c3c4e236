"""Writes docs/licences.md: the licence of every package that requirements/demo.txt pins.

Run from the project's root, after `requirements/compile.sh`, with the project's environment.
"""

import re
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

HEAD = """# Licences of what Beaconry is built on

Written by `requirements/licences.py` from the metadata of the installed packages. Beaconry itself
is Apache-2.0. Packages are installed from their registry as they are; none is copied here.

| package | version | licence |
|---|---|---|
"""


def licence(name: str) -> str:
    """The licence that a package states of itself: SPDX expression, else classifier, else text."""
    try:
        stated = metadata(name)
    except PackageNotFoundError:
        return "only on another platform"
    if expression := stated.get("License-Expression"):
        return str(expression)
    classifiers = [
        value.rsplit(" :: ", 1)[-1]
        for value in stated.get_all("Classifier") or []
        if value.startswith("License :: ")
    ]
    text = (stated.get("License") or "not stated").strip().splitlines()[0][:60]
    return ", ".join(classifiers) or text


def main() -> None:
    """Write the file."""
    pins = re.findall(
        r"^([a-z0-9][a-z0-9._-]*)(?:\[[a-z,]+\])?==(\S+)",
        Path("requirements/demo.txt").read_text(),
        re.M,
    )
    rows = [f"| {name} | {version} | {licence(name)} |\n" for name, version in pins]
    Path("docs/licences.md").write_text(HEAD + "".join(rows))


if __name__ == "__main__":
    main()
