"""The same requests held against botocore's validator and against the endpoint's checks: no difference."""

from __future__ import annotations

import json
import random
import re
import subprocess
from typing import Any

from botocore.validate import ParamValidator

from fuzz import Mutator
from requests_of import Generator, operations, service_model
from stack import ROOT

REQUESTS = 3000
# What botocore leaves to the service: patterns, enums and upper bounds.
LEFT_TO_THE_SERVICE = ("regular expression pattern", "enum value set", "less than or equal to")


def checked(requests: list[tuple[str, Any]]) -> list[str]:
    """What the endpoint says of each request."""
    lines = "".join(json.dumps(request) + "\n" for request in requests)
    script = str(ROOT / "test/conformance/check_requests.mjs")
    done = subprocess.run(["node", script], input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def of_botocore(requests: list[tuple[str, Any]]) -> list[str]:
    """What botocore says of each request."""
    model, validator = service_model(), ParamValidator()
    return [
        validator.validate(request, model.operation_model(operation).input_shape).generate_report()
        for operation, request in requests
    ]


def test_requests_that_the_model_allows_are_taken_by_both() -> None:
    generator, names = Generator(random.Random(1)), operations()
    drawn = [(name, generator.request(name)) for name in names for _ in range(REQUESTS // len(names))]
    requests = [(name, request) for name, request in drawn if request is not None]
    assert {name for name, _ in requests} == set(names)
    refused = [
        (request, ours, theirs)
        for request, ours, theirs in zip(requests, checked(requests), of_botocore(requests), strict=True)
        if ours or theirs
    ]
    assert not refused, refused[:3]


def test_mutated_requests_are_refused_by_both_or_by_neither() -> None:
    chance = random.Random(2)
    generator, mutator, names = Generator(chance), Mutator(chance), operations()
    requests = []
    while len(requests) < REQUESTS:
        name = chance.choice(names)
        request = mutator.mutate(generator.request(name))
        if isinstance(request, dict) and _comparable(request):
            requests.append((name, request))
    different = []
    for request, ours, theirs in zip(requests, checked(requests), of_botocore(requests), strict=True):
        found = re.split(r"; (?=Value |')", ours)
        own = [fault for fault in found if not any(words in fault for words in LEFT_TO_THE_SERVICE)]
        # Times are text or numbers to botocore, and on the wire numbers alone.
        if "is not a timestamp" not in ours and bool(theirs) != bool(ours and own):
            different.append((request, ours, theirs))
    assert not different, different[:3]


def _comparable(value: Any) -> bool:
    """Without null, which is absent to AWS and an error to botocore, and without numbers that no time can be."""
    if isinstance(value, dict | list):
        return all(_comparable(item) for item in (value.values() if isinstance(value, dict) else value))
    return value is not None and not (isinstance(value, int | float) and abs(value) > 2**40)
