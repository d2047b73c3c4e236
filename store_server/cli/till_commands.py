"""`store-server till-conformance`, `till-report`: tills proved, and what they gave offline."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    INSTANTS,
    ConfigOption,
    JsonOption,
    in_utc,
    print_json,
    set_up_log,
    settings_of,
)


def till_report(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    since: Annotated[
        datetime | None, typer.Option(help="Known from then on, in UTC.", formats=INSTANTS)
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Known before it, in UTC.", formats=INSTANTS)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what offline tills gave that does not fit: double spends and the like, by till."""
    from dataclasses import asdict  # noqa: PLC0415 - --help stays light

    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415
    from store_server.flows.show_discrepancies import losses_of, show_discrepancies  # noqa: PLC0415

    set_up_log()
    first, last = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
    with read_store(settings_of(config)) as reader:
        found = reader.read(
            show_discrepancies, since=in_utc(since) or first, until=in_utc(until) or last
        )
    losses = losses_of(found)
    if as_json:
        print_json({"by_till": [asdict(one) for one in losses], "all": [asdict(x) for x in found]})
        return
    print(f"discounts of offline tills that do not fit: {len(found)}")
    for one in losses:
        print(
            f"{one.till}: {one.reason} {one.times} times, given {one.given_minor}, "
            f"of which no coupon stands for {one.open_minor}"
        )
    for odd in found:
        first_use = f", used before by {odd.first_basket} at {odd.first_till}"
        print(
            f"  {odd.at:%Y-%m-%d %H:%M} {odd.till} {odd.basket}: {odd.reason}, given "
            f"{odd.given_minor}{first_use if odd.first_basket else ''}"
        )


def till_conformance(
    *,
    url: Annotated[str, typer.Option(help="Of the test store, like https://store.example.")],
    key_file: Annotated[Path, typer.Option(help="With the API key of a till.")],
    coupon: Annotated[
        list[str] | None,
        typer.Option(help="An open coupon of the test store; two of them for all rules."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Play a till against a test store: a verdict for each rule; exit code 1 when one failed."""
    from dataclasses import asdict  # noqa: PLC0415 - --help stays light

    from store_server.cli.played_till import PlayedTill  # noqa: PLC0415
    from store_server.cli.till_rules import verdicts  # noqa: PLC0415
    from store_server.errors import ConfigError  # noqa: PLC0415

    try:
        key = key_file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"--key-file {key_file}: cannot be read: {error}") from None
    with PlayedTill(url, key, coupons=tuple(coupon or ())) as till:
        found = []
        for one in verdicts(till):
            found.append(one)
            if not as_json:
                print(one.line, flush=True)
    failed = sum(one.passed is False for one in found)
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        left_out = sum(one.passed is None for one in found)
        print(f"{len(found) - failed - left_out} passed, {failed} failed, {left_out} not run")
    if failed:
        raise typer.Exit(1)
