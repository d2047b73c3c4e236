"""schemathesis over the whole OpenAPI of a real server: no server error, no answer off its schema.

Every operation gets as many examples. Of one half path, query and body name things that are there
(`openapi_seeds.py`), so that the operation does its work and not only refuses; the other half is
what schemathesis makes of the schema as it stands. Checked is every answer: no 5xx, status,
content type, headers and body as documented.

Run: python -m benchmarks.openapi_fuzz [EXAMPLES] [PART-OF-A-PATH]
"""

import json
import sys
import tempfile
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from jsonschema import Draft202012Validator  # type: ignore[import-untyped] # has no types
from schemathesis import APIOperation, Case, Response
from schemathesis.checks import CHECKS
from schemathesis.core.errors import InvalidSchema
from schemathesis.core.failures import Failure, FailureGroup

from benchmarks.openapi_seeds import Seeds
from benchmarks.outbox_kills import Store
from tests.faults.seed import EVENT_CLOCK

CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
BAR_SUCCESS = 0.2
SCOPES = {"/v1/app": "app", "/v1/till": "till"}
# Refused wherever real shoppers are; it is asked of a second store, whose day is simulated.
SIMULATION = "/v1/simulation"
BACKEND = ("/v1/shoppers", "/v1/merges", "/v1/event", "/v1/webhook-endpoints")


@dataclass(frozen=True, slots=True)
class Asked:
    """One operation, at which server, and with which keys, the likeliest first."""

    label: str
    base_url: str
    keys: list[str]


class Fuzz:
    """The examples of one run, and what came of them."""

    def __init__(
        self, document: dict[str, Any], seeds: Seeds, simulated: Store, *, examples: int
    ) -> None:
        self._seeds = seeds
        self._simulated = simulated
        self._document = document
        self._examples = examples
        # These names stand for functions; the types say more than there is.
        self._checks: list[Any] = list(CHECKS.get_by_names(CHECKED))
        self.statuses: dict[str, Counter[int]] = {}
        self.violations: Counter[str] = Counter()
        self.refusals: dict[str, str] = {}

    def operation(self, operation: APIOperation[Any, Any, Any, Any]) -> None:
        """All examples of one operation."""
        label = f"{operation.method.upper()} {operation.path}"
        counted = self.statuses.setdefault(label, Counter())
        self._seeds.refresh()
        asked = self._asked(label, operation.path)

        @settings(
            max_examples=self._examples,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def run(case: Case[Any]) -> None:
            # First those that are to work: wrong codes, for one, lock an enrolment for a minute.
            if counted.total() < self._examples / 2:
                case = self._seeded(case, label)
            counted[self._one(case, asked)] += 1

        run()

    def _asked(self, label: str, path: str) -> Asked:
        if path.startswith(SIMULATION):
            api = self._simulated.api
            return Asked(label, str(api.run()["http_url"]), [api.key("ops")])
        keys = [self._seeds.key(name) for name in self._scopes(path)]
        return Asked(label, self._seeds.base_url, keys)

    def _scopes(self, path: str) -> list[str]:
        first = next((scope for start, scope in SCOPES.items() if path.startswith(start)), "")
        if not first:
            first = "backend" if path.startswith(BACKEND) else "ops"
        return [first, *({"backend", "ops", "till"} - {first})]

    def _seeded(self, case: Case[Any], label: str) -> Case[Any]:
        """The case with names and a body that the server should take."""
        made = self._seeds.for_operation(*label.split(" ", 1)) or {}
        known = {**self._seeds.names, **made.get("path", {})}
        case.path_parameters = {
            name: known.get(name, value) for name, value in (case.path_parameters or {}).items()
        }
        case.query = made.get("query", {})
        case.body = made.get("body", self._example(case))
        case.headers["Idempotency-Key"] = uuid.uuid4().hex
        return case

    def _example(self, case: Case[Any]) -> object:
        content = case.operation.definition.raw.get("requestBody", {}).get("content", {})
        named = content.get("application/json", {}).get("schema", {}).get("$ref", "")
        shape = self._document["components"]["schemas"].get(named.split("/")[-1], {})
        return (shape.get("examples") or [case.body])[0]

    def _one(self, case: Case[Any], asked: Asked) -> int:
        label = asked.label
        for key in asked.keys:
            response = case.call(
                base_url=asked.base_url, headers={"Authorization": f"Bearer {key}"}, timeout=60
            )
            if response.status_code not in (401, 403):
                break
        if response.status_code >= 400:
            self.refusals.setdefault(label, " ".join(response.text.split())[:300])
        try:
            case.validate_response(response, checks=self._checks)
        except InvalidSchema:
            # schemathesis 4.32 rewrites `prefixItems` in the schema it generates from, and then
            # trips over what it wrote; our own look below goes by the document as it was served.
            pass
        except (Failure, FailureGroup) as failure:
            for one in getattr(failure, "exceptions", [failure]):
                title = getattr(one, "title", str(one))
                said = " ".join(str(getattr(one, "message", one)).split())[:160]
                self.violations[f"{label}: {response.status_code} {title}: {said}"] += 1
        for problem in self._off_document(label, response):
            self.violations[f"{label}: {response.status_code} {problem}"] += 1
        return int(response.status_code)

    def _off_document(self, label: str, response: Response) -> list[str]:
        """What of an answer is not as the document has it."""
        method, path = label.split(" ", 1)
        documented = self._document["paths"][path][method.lower()]["responses"]
        answer = documented.get(str(response.status_code))
        if answer is None:
            return ["this status is not documented"]
        said = (response.headers.get("content-type") or [""])[0].partition(";")[0]
        content = answer.get("content", {})
        if content and said not in content:
            return [f"content type {said!r} is not documented"]
        if "json" not in said or "schema" not in content.get(said, {}):
            return []
        schema = {**content[said]["schema"], "components": self._document["components"]}
        errors = Draft202012Validator(schema).iter_errors(json.loads(response.content))
        return [f"{one.json_path}: {one.message[:160]}" for one in errors]


def fuzzed(folder: Path, *, examples: int, part: str) -> Fuzz:
    """Every operation whose path has `part` in it, on two fresh stores."""
    for name in ("real", "simulated"):
        (folder / name).mkdir()
    store, simulated = Store(folder / "real"), Store(folder / "simulated", clock=EVENT_CLOCK)
    store.start()
    simulated.start()
    seeds = Seeds(store)
    seeds.plant()
    served = httpx.get(f"{seeds.base_url}/openapi.json", timeout=120, trust_env=False).text
    schema = schemathesis.openapi.from_dict(json.loads(served))
    fuzz = Fuzz(json.loads(served), seeds, simulated, examples=examples)
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr] # our own schema is valid
        if part in operation.path:
            fuzz.operation(operation)
    for one in (store, simulated):
        one.kill()
        one.database.close()
    return fuzz


def main() -> None:
    """Print every operation's share of 2xx and every violation; 1 when a bar is not met."""
    examples = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    part = sys.argv[2] if len(sys.argv) > 2 else ""
    with tempfile.TemporaryDirectory() as folder:
        fuzz = fuzzed(Path(folder), examples=examples, part=part)
    low = []
    for label, counted in fuzz.statuses.items():
        good = sum(n for status, n in counted.items() if 200 <= status < 300)
        share = good / max(1, counted.total())
        if share < BAR_SUCCESS:
            low.append(label)
            print(f"the first refusal of {label}: {fuzz.refusals.get(label)}")
        print(
            f"{label}: {counted.total()} examples, {share:.0%} 2xx, {dict(sorted(counted.items()))}"
        )
    errors = sum(n for counted in fuzz.statuses.values() for s, n in counted.items() if s >= 500)
    for violation, times in fuzz.violations.most_common():
        print(f"violation, {times} times: {violation}")
    print(f"operations: {len(fuzz.statuses)}; below {BAR_SUCCESS:.0%} 2xx: {len(low)} {low}")
    print(f"server errors: {errors}; violations: {fuzz.violations.total()}")
    sys.exit(1 if low or errors or fuzz.violations else 0)


if __name__ == "__main__":
    main()
