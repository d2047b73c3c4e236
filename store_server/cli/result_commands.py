"""Commands that show what the store did: the report and the last decisions."""

from datetime import datetime
from typing import Annotated, Literal

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


def report(
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    campaign: Annotated[str | None, typer.Option(help="Lift of its decisions alone.")] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Decisions from then on, in UTC.", formats=INSTANTS)
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Decisions before it, in UTC.", formats=INSTANTS)
    ] = None,
    language: Annotated[Literal["en", "es", "ru"], typer.Option(help="Of the verdict.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Print the funnel and the lift of offered against held-out shoppers."""
    from dataclasses import asdict  # noqa: PLC0415 - --help stays light

    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415
    from store_server.flows.show_report import show_report  # noqa: PLC0415
    from store_server.reports.text import render  # noqa: PLC0415

    set_up_log()
    with read_store(settings_of(config)) as reader:
        found = reader.read(
            show_report,
            campaign=campaign,
            since=in_utc(since),
            until=in_utc(until),
            language=language,
        )
    if as_json:
        print_json(asdict(found))
    else:
        print(render(found), end="")


def decisions(
    config: ConfigOption = DEFAULT_CONFIG,
    limit: Annotated[int, typer.Option(min=1, max=500, help="How many, newest first.")] = 20,
    outcome: Annotated[
        Literal["offered", "held_out", "nothing", "handed_over"] | None,
        typer.Option(help="Only these."),
    ] = None,
    language: Annotated[Literal["en", "es", "ru"], typer.Option(help="Of the sentences.")] = "en",
    as_json: JsonOption = False,
) -> None:
    """Print the newest decisions, and why."""
    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.show_decisions import show_decisions  # noqa: PLC0415

    set_up_log()
    with read_store(settings_of(config)) as reader:
        page = reader.read(show_decisions, limit=limit, outcome=outcome, language=language)
    if as_json:
        print_json(
            [
                {
                    "decision_id": one.decision.id,
                    "at": one.decision.at.isoformat(),
                    "trigger": one.decision.trigger_kind,
                    "zone": one.decision.zone,
                    "outcome": one.decision.outcome,
                    "offer_id": one.decision.offer,
                    "campaign_id": one.decision.campaign,
                    "reasons": list(one.decision.reasons),
                    "explanation": one.explanation,
                }
                for one in page.decisions
            ]
        )
        return
    for one in page.decisions:
        print(f"{one.decision.at.isoformat()} {one.decision.outcome}: {one.explanation}")


def replay_decision(
    decision_id: Annotated[str, typer.Argument(metavar="ID", help="As `decisions --json` says.")],
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make a decision again from what was kept of its making; ends with 1 when it differs."""
    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.replay_decision import replay_decision as again  # noqa: PLC0415

    set_up_log()
    with read_store(settings_of(config)) as reader:
        found = reader.read(again, decision_id=decision_id)
    if as_json:
        print_json(
            {
                "decision_id": found.stored.id,
                "same": found.is_same,
                "differs": [
                    {
                        "field": name,
                        "stored": str(getattr(found.stored, name)),
                        "again": str(getattr(found.again, name)),
                    }
                    for name in found.differs
                ],
            }
        )
    elif found.is_same:
        print(f"{found.stored.id}: the same, bit for bit ({found.stored.outcome})")
    else:
        print(f"{found.stored.id}: different")
        for name in found.differs:
            stored, made = getattr(found.stored, name), getattr(found.again, name)
            print(f"  {name}: stored {stored}, again {made}")
    if not found.is_same:
        raise typer.Exit(1)


def dry_run(
    campaign_id: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="In whatever state.")],
    since: Annotated[datetime, typer.Option(help="Visits from then on, in UTC.", formats=INSTANTS)],
    until: Annotated[datetime, typer.Option(help="Visits before it, in UTC.", formats=INSTANTS)],
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    most: Annotated[int, typer.Option(min=1, help="Questions that are looked at.")] = 50_000,
    as_json: JsonOption = False,
) -> None:
    """Print what a campaign would have done in a past period; nothing is kept, nothing sent."""
    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415 - --help stays light
    from store_server.flows.dry_run_campaign import dry_run_campaign  # noqa: PLC0415

    set_up_log()
    with read_store(settings_of(config)) as reader:
        found = reader.read(
            dry_run_campaign,
            campaign_id=campaign_id,
            since=in_utc(since),
            until=in_utc(until),
            most=most,
        )
    told = {
        "campaign_id": found.campaign.id,
        "version": found.campaign.version,
        "asked": found.asked,
        "offered": found.offered,
        "held_out": found.held_out,
        "handed_over": found.handed_over,
        "shoppers": found.shoppers,
        "sample": list(found.sample),
        "stopped": dict(found.stopped),
        "expected_redemptions": found.redemptions,
        "expected_cost_minor": found.cost_minor,
        "is_cut": found.is_cut,
    }
    if as_json:
        print_json(told)
    else:
        for name, value in told.items():
            print(f"{name}: {value}")


def policy_value(
    rules: Annotated[
        list[str], typer.Argument(metavar="RULE=NUMBER...", help="Of [decisions], otherwise.")
    ],
    config: ConfigOption = DEFAULT_CONFIG,
    *,
    since: Annotated[
        datetime | None, typer.Option(help="Decisions from then on, in UTC.", formats=INSTANTS)
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(help="Decisions before it, in UTC.", formats=INSTANTS)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Print what other rules would have brought, told from the log of decisions."""
    from dataclasses import asdict  # noqa: PLC0415 - --help stays light

    from store_server.bootstrap.open_store import read_store  # noqa: PLC0415
    from store_server.flows.show_policy_value import show_policy_value  # noqa: PLC0415

    set_up_log()
    wanted = dict(_rule(text) for text in rules)
    with read_store(settings_of(config)) as reader:
        found = reader.read(
            show_policy_value, rules=wanted, since=in_utc(since), until=in_utc(until)
        )
    if as_json:
        print_json(asdict(found) | {"is_trustworthy": found.is_trustworthy})
        return
    print(f"{found.decisions} offered decisions of {found.units} households or shoppers")
    for name, one in (
        ("as it was", found.logged),
        ("otherwise, IPS", found.ips),
        ("otherwise, SNIPS", found.snips),
        ("otherwise, doubly robust", found.doubly_robust),
    ):
        low, high = one.interval
        print(f"{name}: {one.value:.2f} minor units each, 95 % {low:.2f} to {high:.2f}")
    print(f"rests on {found.effective:.0f} decisions; {found.unsupported:.1%} were never tried")
    if not found.is_trustworthy:
        print("do not believe it: too little of the log speaks of these rules")


def _rule(text: str) -> tuple[str, int]:
    name, equals, number = text.partition("=")
    if not equals or not number.lstrip("-").isdecimal():
        raise typer.BadParameter(f"{text!r} must be RULE=NUMBER, such as growth_bp=5000")
    return name, int(number)
