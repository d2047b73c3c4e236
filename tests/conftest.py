"""Which tests share a worker of pytest-xdist: those that start real processes, or a browser.

`xdist_group` marks say the same, but pytest-xdist 3.8 cannot read them with pytest 9.2: it writes
the group into a name that pytest no longer looks at. So the groups are told by path, here.
"""

import logging
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from xdist.remote import Producer  # type: ignore[import-untyped] # has no types
    from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped] # has no types

# The same examples each time, so that a failure is one of the commit under test; and no deadline,
# which would measure the machine. `pytest --hypothesis-profile default` looks for new ones.
settings.register_profile("repeatable", derandomize=True, deadline=None, database=None)
settings.load_profile("repeatable")

GROUPS = ("tests/faults/", "tests/browser/", "tests/firmware_sim/test_demo.py")


def group_of(nodeid: str) -> str:
    """What must run on one worker; a test of no group is alone.

    Example:
        >>> group_of("tests/faults/test_kills.py::test_a")
        'tests/faults/'
    """
    return next((group for group in GROUPS if nodeid.startswith(group)), nodeid)


@pytest.fixture(autouse=True)
def root_log_as_it_was() -> Iterator[None]:
    """Take away the handlers that a command left on the root logger.

    They hold the captured output of one test, which is closed when the next one logs.
    """
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in list(root.handlers):
        # Exactly this type: pytest's own handlers are of types derived from it.
        if type(handler) is logging.StreamHandler and handler not in before:
            root.removeHandler(handler)
    root.setLevel(level)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(
    config: pytest.Config, log: "Producer"
) -> "LoadGroupScheduling | None":
    """The scheduler of `--dist loadgroup`, by `group_of`."""
    if config.getvalue("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling  # noqa: PLC0415 - only where it is installed

    class ByPath(LoadGroupScheduling):  # type: ignore[misc] # xdist has no types
        def _split_scope(self, nodeid: str) -> str:
            return group_of(nodeid)

    return ByPath(config, log)
