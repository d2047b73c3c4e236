"""`--help` must answer at once: it imports none of the heavy libraries."""

import subprocess
import sys

import pytest

HEAVY = ("bleak", "fastapi", "sqlalchemy", "numpy", "pandas")
PROBE = """
import sys
from {module} import main
sys.argv = [{program!r}, *{arguments!r}]
try:
    main()
except SystemExit as end:
    code = end.code or 0
else:
    code = 0
heavy = [name for name in {heavy!r} if name in sys.modules]
print("HEAVY", heavy, "CODE", code)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]], ids=" ".join)
@pytest.mark.parametrize("module", ["edge_agent.cli", "store_server.cli", "firmware_sim.cli"])
def test_help_imports_nothing_heavy(module: str, arguments: list[str]) -> None:
    if module == "store_server.cli" and arguments[0] == "run":
        arguments = ["serve", "--help"]
    program = module.split(".", maxsplit=1)[0].replace("_", "-")
    source = PROBE.format(module=module, program=program, arguments=arguments, heavy=HEAVY)

    done = subprocess.run(
        [sys.executable, "-c", source], capture_output=True, text=True, timeout=60, check=False
    )

    assert "HEAVY [] CODE 0" in done.stdout, done.stdout[-500:] + done.stderr[-500:]
    assert "usage" in done.stdout.lower()
