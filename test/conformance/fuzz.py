"""Sends mutated requests of every operation to the endpoint: none may be answered with a 5xx, or not at all.

Usage: python test/conformance/fuzz.py [--requests 20000] [--seed 1]
"""

from __future__ import annotations

import argparse
import collections
import copy
import json
import random
import time
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session

from requests_of import Generator, operations
from stack import BUCKET, IMAGE, ROLE, Stack

# What nothing takes this long to answer.
HANG_S = 10

ODD: list[Any] = [
    *[None, True, False, 0, -1, 1, 2**31, 2**63, -(2**63), 1e300, -0.0, 0.1],
    *[
        "",
        " ",
        "a",
        "-",
        "../../etc/passwd",
        "s3://",
        "s3://b",
        "s3://b/../k",
        "arn:aws:iam::0:role/x",
        "\u0000",
        "𝔘ñí\u202e",
    ],
    *["x" * 300, "x" * 70_000, "%00", "'; DROP TABLE resources; --", "__proto__", "constructor", "${7*7}", "$(id)"],
    *[[], {}, [[]], [{}], [None], {"a": {}}, {"__proto__": {"x": 1}}, {"constructor": 1}, [1] * 300],
]
BROKEN = ["", "{", "[]", "null", "1", '"x"', "{}{}", '{"a":', '{"a":1e400}', "\x00", "[" * 20_000, '{"a":' * 5_000]


class Mutator:
    """Makes requests wrong, in one place or in some."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance

    def mutate(self, value: Any) -> Any:
        """A copy with one to four changes."""
        changed = copy.deepcopy(value)
        for _ in range(self.chance.randint(1, 4)):
            changed = self._once(changed)
        return changed

    def _once(self, value: Any) -> Any:
        if isinstance(value, dict) and value:
            key = self.chance.choice(list(value))
            act = self.chance.randrange(6)
            if act == 0:
                del value[key]
            elif act == 1:
                value[str(self.chance.choice(["Extra", key.lower(), f"{key}s", "__proto__", ""]))] = self._odd()
            elif act == 2:
                value[key] = self._odd()
            else:
                value[key] = self._once(value[key])
            return value
        if isinstance(value, list) and value:
            index = self.chance.randrange(len(value))
            if self.chance.random() < 0.3:
                return value * self.chance.randint(0, 30)
            value[index] = self._once(value[index])
            return value
        if isinstance(value, str) and self.chance.random() < 0.3:
            at = self.chance.randint(0, len(value))
            return value[:at] + self.chance.choice(["/", "..", "\n", "é", "$", " ", "\u0000", "A" * 100]) + value[at:]
        return self._odd()

    def _odd(self) -> Any:
        return copy.deepcopy(self.chance.choice(ODD))


def templates(stack: Stack) -> list[tuple[str, dict[str, Any]]]:
    """Requests that the endpoint takes, as a beginning."""
    train = stack.training_request("print('auc=0.5;')")
    train["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc=([0-9.]+);"}]
    definition = {key: value for key, value in train.items() if key != "TrainingJobName"}
    definition["AlgorithmSpecification"] = {
        **{
            key: train["AlgorithmSpecification"][key]
            for key in ("TrainingImage", "TrainingInputMode", "MetricDefinitions")
        }
    }
    definition["StaticHyperParameters"] = stack.scripts(main__py="print('auc=0.5;')")
    container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/models/m.tar.gz"}
    variant = {"VariantName": "a", "ModelName": "fuzzed", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    return [
        ("CreateTrainingJob", train),
        (
            "CreateProcessingJob",
            {
                "ProcessingJobName": "fuzzed",
                "RoleArn": ROLE,
                "AppSpecification": {"ImageUri": IMAGE, "ContainerEntrypoint": ["/bin/true"]},
                "ProcessingResources": {"ClusterConfig": cluster},
            },
        ),
        (
            "CreateHyperParameterTuningJob",
            {
                "HyperParameterTuningJobName": "fuzzed",
                "HyperParameterTuningJobConfig": {
                    "Strategy": "Random",
                    "HyperParameterTuningJobObjective": {"Type": "Maximize", "MetricName": "auc"},
                    "ResourceLimits": {"MaxNumberOfTrainingJobs": 1, "MaxParallelTrainingJobs": 1},
                    "ParameterRanges": {
                        "ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}],
                    },
                },
                "TrainingJobDefinition": definition,
            },
        ),
        ("CreateModel", {"ModelName": "fuzzed", "ExecutionRoleArn": ROLE, "PrimaryContainer": container}),
        ("CreateEndpointConfig", {"EndpointConfigName": "fuzzed", "ProductionVariants": [variant]}),
        ("CreateEndpoint", {"EndpointName": "fuzzed", "EndpointConfigName": "fuzzed"}),
        ("CreateModelPackageGroup", {"ModelPackageGroupName": "fuzzed"}),
        (
            "CreateModelPackage",
            {
                "ModelPackageGroupName": "fuzzed",
                "InferenceSpecification": {
                    "Containers": [container],
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedResponseMIMETypes": ["text/csv"],
                },
            },
        ),
        ("ListTrainingJobs", {"NameContains": "a", "MaxResults": 5, "SortBy": "Name", "CreationTimeAfter": 1}),
        ("DescribeTrainingJob", {"TrainingJobName": train["TrainingJobName"]}),
        ("AddTags", {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/fuzzed", "Tags": []}),
    ]


class Fuzzer:
    """Signs and sends whatever it is given."""

    def __init__(self, stack: Stack, seed: int) -> None:
        self.stack = stack
        self.chance = random.Random(seed)
        self.session = URLLib3Session(timeout=HANG_S)
        keys = (stack.variables["AWS_ACCESS_KEY_ID"], stack.variables["AWS_SECRET_ACCESS_KEY"])
        self.signer = SigV4Auth(Credentials(*keys), "sagemaker", stack.variables["AWS_REGION"])
        self.outcomes: collections.Counter[str] = collections.Counter()
        self.faults: list[str] = []

    def send(self, target: str, body: str) -> None:
        """Sends one request and notes what came of it."""
        headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
        request = AWSRequest("POST", self.stack.url, data=body.encode(), headers=headers)
        self.signer.add_auth(request)
        began = time.monotonic()
        try:
            answer = self.session.send(request.prepare())
        except HTTPClientError as error:
            self._fault(f"no answer after {time.monotonic() - began:.1f} s: {error}", target, body)
            return
        code = "" if answer.status_code < 300 else json.loads(answer.content).get("__type", "no type")
        self.outcomes[f"{answer.status_code} {code}".strip()] += 1
        if answer.status_code >= 500 or code == "no type":
            self._fault(f"{answer.status_code} {answer.content[:300]!r}", target, body)

    def _fault(self, what: str, target: str, body: str) -> None:
        self.faults.append(f"{what} to {target} {body[:1500]}")

    def run(self, count: int) -> None:
        """Sends so many requests: mutated templates, mutated random ones of every operation, and broken bodies."""
        known, mutator = templates(self.stack), Mutator(self.chance)
        generator = Generator(self.chance)
        names = operations()
        for _ in range(count):
            kind = self.chance.random()
            if kind < 0.5:
                operation, request = self.chance.choice(known)
                self.send(f"SageMaker.{operation}", json.dumps(mutator.mutate(request)))
            elif kind < 0.95:
                operation = self.chance.choice(names)
                request = generator.request(operation) or {}
                wrong = mutator.mutate(request) if self.chance.random() < 0.7 else request
                self.send(f"SageMaker.{operation}", json.dumps(wrong))
            else:
                target = self.chance.choice(["SageMaker.ListModels", "SageMaker.", "", "X.Y", "SageMaker.__proto__"])
                self.send(target, self.chance.choice(BROKEN))


def run(count: int, seed: int) -> dict[str, Any]:
    """Sends so many requests to an endpoint of its own; what came of them."""
    stack = Stack()
    try:
        fuzzer = Fuzzer(stack, seed)
        began = time.monotonic()
        fuzzer.run(count)
        seconds = time.monotonic() - began
        after = stack.trained(stack.train())["TrainingJobStatus"]
        return {
            "requests": count,
            "seconds": round(seconds, 1),
            "outcomes": dict(fuzzer.outcomes.most_common()),
            "faults": fuzzer.faults[:20],
            "a job afterwards": after,
        }
    finally:
        stack.down()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    print(json.dumps(run(arguments.requests, arguments.seed), indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
