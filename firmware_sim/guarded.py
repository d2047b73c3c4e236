"""The frame of every command: our own errors become one message and an exit code."""

import signal
import sys
from collections.abc import Callable

import typer

from firmware_sim.errors import FirmwareSimError


def guarded(work: Callable[[], None]) -> None:
    """Do the work; SIGTERM is like Ctrl-C, so that children are stopped whenever it comes."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        work()
    except FirmwareSimError as error:
        typer.echo(f"firmware-sim: {error}", err=True)
        raise typer.Exit(error.exit_code) from None
    except BrokenPipeError:
        # Who read the lines has seen enough, as `head` does.
        sys.stderr.close()
    except KeyboardInterrupt:
        typer.echo("firmware-sim: interrupted before the store was open", err=True)
        raise typer.Exit(1) from None
