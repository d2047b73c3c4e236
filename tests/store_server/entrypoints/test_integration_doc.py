"""docs/integration.md is true: its commands are run, in their order, and each is taken."""

import base64
import json
import re
import shlex
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from store_server.database import Database
from store_server.outbox.signature import secret_text, sign
from tests.store_server.entrypoints.api.test_till_coupon_routes import issue
from tests.store_server.entrypoints.web_builders import KEYS, WebStore, a_web_store

PAGE = (Path(__file__).parents[3] / "docs" / "integration.md").read_text()
SHELL = "\n".join(re.findall(r"```sh\n(.*?)```", PAGE, re.S)).replace("\\\n", " ")
COMMANDS = [f"curl {one}" for one in SHELL.split("curl ")[1:]]
PYTHON = re.findall(r"```python\n(.*?)```", PAGE, re.S)
NODE = re.findall(r"```js\n(.*?)```", PAGE, re.S)
PHP = re.findall(r"```php\n(.*?)```", PAGE, re.S)


def run(web: WebStore, command: str, known: dict[str, str]) -> dict[str, object]:
    """What the server answers to a curl command; fails when it refuses."""
    words = shlex.split(command)
    method, body, address = None, None, ""
    headers: dict[str, str] = {}
    options = iter(words[1:])
    for word in options:
        match word:
            case "-X":
                method = next(options)
            case "-d":
                body = next(options)
            case "-H":
                name, _, value = next(options).partition(": ")
                headers[name] = value
            case "-o":
                next(options)
            case _:
                address = word.removeprefix("$URL")
    for name in ("$COUPON", "$ENDPOINT"):
        address = address.replace(name, known[name])
    scheme, _, name = headers["Authorization"].partition(" ")
    headers["Authorization"] = f"{scheme} {known[name]}"
    answer = web.client().request(method or "GET", address, headers=headers, content=body)
    assert answer.status_code < 300, (command, answer.text)
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    return dict(answer.json()) if is_json else {}


def test_every_command_on_the_page_is_taken(database: Database) -> None:
    known = {f"${key.upper()}": secret for key, secret in KEYS.items()}
    known |= {"$TOKEN": "", "$ENDPOINT": ""}
    with a_web_store(database) as web:
        known["$COUPON"] = issue(database, web, shopper="s-1042")
        for command in COMMANDS:
            answer = run(web, command, known)
            known["$TOKEN"] = str(answer.get("token", known["$TOKEN"]))
            known["$ENDPOINT"] = str(answer.get("endpoint_id", known["$ENDPOINT"]))

    assert len(COMMANDS) >= 12


def test_the_verifier_on_the_page_takes_what_we_sign() -> None:
    names: dict[str, object] = {}
    exec(PYTHON[0], names)
    is_genuine = names["is_genuine"]
    assert callable(is_genuine)
    secret = secret_text(b"s" * 24)

    headers = sign(b"{}", webhook_id="n1", at=datetime.now(UTC), secrets=[secret])

    assert is_genuine(b"{}", headers, secret)
    assert not is_genuine(b"{ }", headers, secret)
    assert not is_genuine(b"{}", {**headers, "webhook-timestamp": "1"}, secret)


@pytest.mark.parametrize("junk", [{}, {"webhook-timestamp": "x"}, {"webhook-timestamp": "1"}])
def test_the_verifier_on_the_page_refuses_what_is_malformed(junk: dict[str, str]) -> None:
    names: dict[str, object] = {}
    exec(PYTHON[0], names)
    is_genuine = names["is_genuine"]
    assert callable(is_genuine)

    assert not is_genuine(b"{}", junk, "whsec_c2VjcmV0")


ALIKE = pytest.mark.parametrize(
    ("body", "more", "genuine"),
    [
        ("{}", {}, True),
        ("{ }", {}, False),
        ("{}", {"webhook-timestamp": "1"}, False),
        ("{}", {"webhook-timestamp": "x"}, False),
        ("{}", {"webhook-timestamp": None}, False),
        ("{}", {"webhook-id": None}, False),
        ("{}", {"webhook-signature": "v1"}, False),
        ("{}", {"webhook-signature": "v1,é v1a,=="}, False),
        ("{}", {"webhook-signature": ""}, False),
        ("{}", {"webhook-signature": None}, False),
    ],
)


def asked_of(body: str, more: dict[str, str | None]) -> str:
    """Body, headers and secret as JSON; a header that is None is missing."""
    secret = secret_text(b"s" * 24)
    headers = sign(b"{}", webhook_id="n1", at=datetime.now(UTC), secrets=[secret]) | more
    return json.dumps([body, {k: v for k, v in headers.items() if v is not None}, secret])


def said_by(program: list[str]) -> str:
    ended = subprocess.run(program, capture_output=True, text=True, timeout=60, check=True)
    return ended.stdout.strip()


@ALIKE
def test_the_javascript_on_the_page_verifies_alike(
    body: str, more: dict[str, str | None], genuine: bool
) -> None:
    node = shutil.which("node")
    assert node, "Node is not installed: apt-get install nodejs"
    program = NODE[0] + f"const a = {asked_of(body, more)};"
    program += "console.log(isGenuine(Buffer.from(a[0]), a[1], a[2]));"

    assert said_by([node, "-e", program]) == str(genuine).lower()


@ALIKE
def test_the_php_on_the_page_verifies_alike(
    body: str, more: dict[str, str | None], genuine: bool
) -> None:
    php = shutil.which("php")
    assert php, "PHP is not installed: apt-get install php-cli"
    asked = base64.b64encode(asked_of(body, more).encode()).decode()
    program = "error_reporting(E_ALL); set_error_handler(fn($n, $s) => throw new Exception($s));"
    program += PHP[0] + f"$a = json_decode(base64_decode('{asked}'), true);"
    program += "echo is_genuine($a[0], $a[1], $a[2]) ? 'true' : 'false';"

    assert said_by([php, "-r", program]) == str(genuine).lower()
