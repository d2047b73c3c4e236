"""`store-server`: the command line of the store's brain.

Exit codes: 0 ok, 1 failed (a setting, a file, the database), 2 usage, 3 something that must
answer cannot be reached. Commands import what they need when they run, so that `--help` answers
at once.
"""

import sys

import typer

from store_server.cli.channel_commands import add_screen, make_vapid_keys, try_channel
from store_server.cli.config_command import push_config
from store_server.cli.fleet_commands import beacon_labels, enrolment_code, revoke_gateway
from store_server.cli.fleet_report import fleet
from store_server.cli.gateway_commands import add_gateway, broker_config
from store_server.cli.import_commands import import_audience, import_purchases, import_shoppers
from store_server.cli.meter_command import calibrate_meter
from store_server.cli.plan_commands import check_plan, import_plan
from store_server.cli.replay_command import replay_presence
from store_server.cli.report_files import (
    export_report,
    export_units,
    long_report,
    metrics_page,
    print_report,
)
from store_server.cli.result_commands import (
    decisions,
    dry_run,
    policy_value,
    replay_decision,
    report,
)
from store_server.cli.seed_command import seed
from store_server.cli.server_commands import check_config, init, login_link, migrate, serve
from store_server.cli.survey_commands import survey
from store_server.cli.till_commands import till_conformance, till_report
from store_server.errors import Refusal, StoreServerError, Unreachable

FAILED = 1
UNREACHABLE = 3

app = typer.Typer(
    name="store-server",
    help="The store's brain: sightings in, decisions out, redemptions back, results.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for _command in (
    init,
    serve,
    check_config,
    migrate,
    seed,
    import_shoppers,
    import_purchases,
    import_audience,
    import_plan,
    check_plan,
    login_link,
    add_gateway,
    make_vapid_keys,
    add_screen,
    try_channel,
    broker_config,
    enrolment_code,
    revoke_gateway,
    fleet,
    push_config,
    beacon_labels,
    report,
    calibrate_meter,
    export_report,
    export_units,
    long_report,
    print_report,
    metrics_page,
    decisions,
    dry_run,
    replay_decision,
    policy_value,
    replay_presence,
    till_report,
    till_conformance,
):
    app.command(_command.__name__.replace("_", "-"))(_command)
app.add_typer(survey)


def main() -> None:
    """Run one command and end the process with its exit code."""
    try:
        app()
    except Unreachable as error:
        _end(error, UNREACHABLE)
    except (Refusal, StoreServerError) as error:
        _end(error, FAILED)


def _end(error: StoreServerError, code: int) -> None:
    print(f"store-server: {error}", file=sys.stderr)
    sys.exit(code)


__all__ = ["app", "main"]
