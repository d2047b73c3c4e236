"""The figures of a run while it goes on: a table that renews itself, on a terminal only."""

from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.table import Table

from firmware_sim.summary import Summary


class LiveSummary:
    """A context manager; off a terminal it prints nothing until the end."""

    def __init__(self, title: str, *, console: Console) -> None:
        self._title = title
        self._live = Live(console=console, auto_refresh=False) if console.is_terminal else None

    def show(self, figures: Summary) -> None:
        """Renew the table."""
        if self._live is not None:
            self._live.update(_table(self._title, figures), refresh=True)

    def __enter__(self) -> "LiveSummary":
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()


def _table(title: str, figures: Summary) -> Table:
    table = Table(title=title, show_header=False, title_justify="left", box=None, pad_edge=False)
    table.add_column(style="dim")
    table.add_column(justify="right")
    for name, value in figures.items():
        table.add_row(name, "-" if value is None else str(value))
    return table
