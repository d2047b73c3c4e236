"""A presence engine as a command: recordings in, its error out.

The engine is started as `CMD --site SITE.json [--calibration SURVEY.jsonl]`, reads sightings and
ticks as JSON lines in the order of arrival, and writes one estimate for each tick.
"""

import json
import math
import shlex
import subprocess
import tempfile
from pathlib import Path

import numpy as np

from firmware_sim.errors import ChildFailed, RecordingError
from firmware_sim.validation.recording import Floats, Heard, Path2d, Site, Survey

DEVICE = "tag"
WARM_UP_S = 2.0
TICK_S = 1.0
WITHIN_S = 600.0


class Engine:
    """One engine for one site."""

    def __init__(self, command: str, site: Site) -> None:
        """Raises RecordingError: the command is empty or cannot be split into words."""
        try:
            self._argv = shlex.split(command)
        except ValueError as error:
            raise RecordingError(f"--engine {command!r}: {error}") from None
        if not self._argv:
            raise RecordingError("--engine is empty; must be a command like replay-presence")
        self._site = site

    def errors_m(self, heard: Heard, path: Path2d, *, survey: Survey | None) -> Floats:
        """Distance of the estimate from the truth at each tick, metres; NaN: no position.

        Raises:
            ChildFailed: the engine cannot be started, ends with an error, takes too long or
                answers what is not JSON.
        """
        ticks = np.arange(path.at_s[0] + WARM_UP_S, path.at_s[-1], TICK_S)
        with tempfile.TemporaryDirectory() as folder:
            argv = [*self._argv, *self._files(Path(folder), survey)]
            answers = _estimates(_run(argv, "\n".join(self._lines(heard, ticks)) + "\n"))
        errors = []
        for tick in ticks:
            x, y = path.where(float(tick))
            found = answers.get(round(float(tick), 3))
            errors.append(math.nan if found is None else math.hypot(found[0] - x, found[1] - y))
        return np.array(errors)

    def _files(self, folder: Path, survey: Survey | None) -> list[str]:
        site = folder / "site.json"
        site.write_text(json.dumps(self._site.document))
        if survey is None:
            return ["--site", str(site)]
        calibration = folder / "survey.jsonl"
        rows = zip(_rows(survey.heard, self._site), survey.x, survey.y, strict=True)
        calibration.write_text(
            "".join(json.dumps({**row, "x": x, "y": y}) + "\n" for row, x, y in rows)
        )
        return ["--site", str(site), "--calibration", str(calibration)]

    def _lines(self, heard: Heard, ticks: Floats) -> list[str]:
        rows, lines, next_row = _rows(heard, self._site), [], 0
        for tick in ticks:
            while next_row < len(rows) and heard.at_s[next_row] <= tick:
                lines.append(json.dumps(rows[next_row]))
                next_row += 1
            lines.append(json.dumps({"t": round(float(tick), 3), "tick": True}))
        return lines


def _rows(heard: Heard, site: Site) -> list[dict[str, object]]:
    rows = zip(heard.at_s.tolist(), heard.gateway.tolist(), heard.rssi_dbm.tolist(), strict=True)
    return [
        {"t": round(at_s, 4), "gateway": site.names[gateway], "device": DEVICE, "rssi": rssi}
        for at_s, gateway, rssi in rows
    ]


def _run(argv: list[str], text: str) -> str:
    try:
        # The operator's own command, split into words and run without a shell.
        done = subprocess.run(  # noqa: S603
            argv, input=text, capture_output=True, text=True, timeout=WITHIN_S, check=False
        )
    except OSError as error:
        raise ChildFailed(f"--engine {argv[0]}: {error.strerror}; must be a command") from None
    except subprocess.TimeoutExpired:
        raise ChildFailed(f"--engine {argv[0]}: no answer within {WITHIN_S:.0f} s") from None
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise ChildFailed(f"--engine {argv[0]}: ended with {done.returncode}: {last[0]}")
    return done.stdout


def _estimates(text: str) -> dict[float, tuple[float, float]]:
    """Places by tick, rounded to milliseconds, of the estimates that have one."""
    found: dict[float, tuple[float, float]] = {}
    for line in filter(None, text.splitlines()):
        try:
            answer = json.loads(line)
            if answer["type"] == "estimate" and answer["x"] is not None:
                found[round(answer["t"], 3)] = (float(answer["x"]), float(answer["y"]))
        except (json.JSONDecodeError, KeyError, TypeError, ValueError):
            raise ChildFailed(f"--engine: {line[:80]!r} is not an answer in JSON") from None
    return found
