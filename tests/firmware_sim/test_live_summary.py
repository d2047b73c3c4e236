import io

from rich.console import Console

from firmware_sim.live_summary import LiveSummary


def shown(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=60)
    with LiveSummary("scenario x", console=console) as live:
        live.show({"adverts_heard": 17, "latency_p50_ms": None})
    return out.getvalue()


def test_a_terminal_shows_the_figures_while_they_change() -> None:
    text = shown(terminal=True)

    assert "adverts_heard" in text
    assert "17" in text


def test_off_a_terminal_nothing_is_written_before_the_end() -> None:
    assert shown(terminal=False) == ""
