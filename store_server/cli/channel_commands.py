"""Commands about the channels: keys for web push, an account for a screen, a test message."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from store_server.cli.options import (
    DEFAULT_CONFIG,
    ConfigOption,
    JsonOption,
    print_json,
    set_up_log,
    settings_of,
)
from store_server.errors import ConfigError

if TYPE_CHECKING:
    from store_server.outbox.attempt import Claim


def make_vapid_keys(*, config: ConfigOption = DEFAULT_CONFIG, as_json: JsonOption = False) -> None:
    """Make the key that web push is signed with, once; browsers subscribe with its public half."""
    from store_server.bootstrap.open_channels import VAPID_KEY, vapid_file  # noqa: PLC0415 - --help stays light
    from store_server.first_run import Secrets  # noqa: PLC0415
    from store_server.outbox.channels.push_crypto import open_push_crypto  # noqa: PLC0415

    settings = settings_of(config)
    path = vapid_file(settings)
    if settings.web_push.key_file is not None and not path.exists():
        raise ConfigError(
            f"[web_push] key_file {path}: is not there; leave key_file out to have the key made "
            "under state_dir/secrets, or put one there"
        )
    if settings.web_push.key_file is None:
        Secrets(settings.state_dir).take(VAPID_KEY, _private_key)
    public = open_push_crypto(path, contact="mailto:nobody@localhost").public_key
    if as_json:
        print_json({"key_file": str(path), "application_server_key": public})
        return
    print(f"key_file: {path}")
    print(f"application_server_key: {public}")


def _private_key() -> str:
    from store_server.outbox.channels.push_crypto import new_key  # noqa: PLC0415 - --help stays light

    return new_key()[0].decode()


def add_screen(
    screen: Annotated[str, typer.Argument(help="Its name: a-z, 0-9 and '-'.")],
    *,
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Make an account at the broker for a screen in the shop: it hears its own topic alone."""
    from proximity_wire.errors import MessageError  # noqa: PLC0415 - --help stays light
    from proximity_wire.topics import screen_topic  # noqa: PLC0415
    from store_server.first_run import SCREEN, Secrets  # noqa: PLC0415

    settings = settings_of(config)
    scope = settings.scope
    try:
        topic = screen_topic(screen, org=scope.org, store=scope.store)
    except MessageError as error:
        raise ConfigError(str(error)) from None
    secrets = Secrets(settings.state_dir)
    secrets.prepare()
    name = f"{SCREEN}{screen}"
    user = secrets.broker_user(name, scope=scope)
    said = {
        "screen": screen,
        "topic": topic,
        "user": user.user,
        "password_file": str(secrets.path(f"broker/{name}.password")),
    }
    if as_json:
        print_json(said)
        return
    for key, value in said.items():
        print(f"{key}: {value}")
    print("note: the broker learns of it at the next start, on SIGHUP, or from `broker-config`")


def try_channel(
    channel: Annotated[str, typer.Argument(help="email, sms or staff.")],
    *,
    to: Annotated[str, typer.Option(help="Your own address or number; staff needs none.")] = "",
    config: ConfigOption = DEFAULT_CONFIG,
    as_json: JsonOption = False,
) -> None:
    """Send one test message by a channel, as it is set up, and tell what came of it."""
    from store_server.bootstrap.open_channels import open_channels  # noqa: PLC0415 - --help stays light
    from store_server.ids import ShopperId  # noqa: PLC0415
    from store_server.outbox.attempt import Verdict  # noqa: PLC0415
    from store_server.outbox.flights import Flight  # noqa: PLC0415

    set_up_log()
    settings = settings_of(config)
    adapters, setup = open_channels(settings, publish=lambda _topic, _payload: None)
    if channel not in ("email", "sms", "staff") or channel not in setup.limits:
        raise ConfigError(
            f"{channel!r} cannot be tried; must be email, sms or staff, and set up in {config}"
        )
    try:
        claim = _test_claim(channel, to or setup.staff_address, f"{settings.scope.org}")
        outcome = adapters.send(claim, Flight(ShopperId("")))
    finally:
        adapters.close()
    taken = outcome.verdict is Verdict.TAKEN
    if as_json:
        print_json(
            {"taken": taken, "status": outcome.status, "error": outcome.error or outcome.body}
        )
    else:
        why = outcome.error or outcome.body
        print("taken" if taken else f"not taken ({outcome.verdict}): {outcome.status} {why}")
    if not taken:
        sys.exit(1)


def _test_claim(channel: str, address: str, org: str) -> "Claim":
    import json  # noqa: PLC0415 - --help stays light
    from datetime import UTC, datetime, timedelta  # noqa: PLC0415
    from uuid import uuid4  # noqa: PLC0415

    from store_server.ids import ShopperId  # noqa: PLC0415
    from store_server.outbox.attempt import Claim  # noqa: PLC0415
    from store_server.outbox.notification import rfc3339  # noqa: PLC0415
    from store_server.shoppers.contact import ContactChannel, read_address  # noqa: PLC0415

    if channel != "staff":
        address = read_address(ContactChannel(channel), address)
    now = datetime.now(UTC)
    data = {
        "title": "Test of Beaconry",
        "body": "This channel works.",
        "org": org,
        "expires_at": rfc3339(now + timedelta(minutes=5)),
    }
    return Claim(
        notification=f"test-{uuid4().hex}",
        endpoint=channel,
        address=address,
        secrets=(),
        body=json.dumps({"type": "channel.test", "data": data}),
        number=1,
        shopper=ShopperId(""),
        expires_at=now + timedelta(minutes=5),
    )
