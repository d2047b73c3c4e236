"""No test is skipped or expected to fail: what is missing on a machine is a failure."""

import re
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
WAYS_OUT = re.compile(r"pytest\.(mark\.)?(skip|skipif|xfail|importorskip)\b|unittest\.skip")


def test_no_test_is_skipped() -> None:
    found = [
        path.name
        for path in TESTS.rglob("*.py")
        if path != Path(__file__) and WAYS_OUT.search(path.read_text())
    ]

    assert found == []
