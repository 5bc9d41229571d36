"""Random requests that AWS's own model allows, made from that model."""

from __future__ import annotations

import json
import random
import re
from typing import Any

import botocore.session

from stack import ROOT

MODEL = ROOT / "local/sagemaker/model/service-model.json"
DEPTH = 6
SAMPLES = [
    *["a", "a1", "ab", "1", "10", "0.5", "s3://bucket/key", "s3://bucket/key/", "https://example.com/x", "us-east-1"],
    *["arn:aws:iam::000000000000:role/crossfold", "arn:aws:sagemaker:us-east-1:000000000000:model/a", "/opt/ml/x"],
    *["arn:aws:kms:us-east-1:000000000000:key/a", "subnet-0a", "sg-0a", "text/csv", "a@b.c", "2026-01-01T00:00:00Z"],
    *["arn:aws:sagemaker:us-east-1:000000000000:model-package/a/1", "arn:aws:sns:us-east-1:000000000000:a", "a" * 36],
    *["arn:aws:sagemaker:us-east-1:000000000000:training-plan/a", "arn:aws:s3:::a", "1.0.0", "123456789012", "P1D"],
]


def service_model() -> Any:
    """botocore's model of SageMaker."""
    return botocore.session.get_session().get_service_model("sagemaker")


def operations() -> list[str]:
    """The operations that the endpoint checks requests of."""
    return sorted(json.loads(MODEL.read_text())["operations"])


class Generator:
    """Draws requests; what a pattern allows that no sample fits is left out."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.model = service_model()

    def request(self, operation: str) -> dict[str, Any] | None:
        """A request of the operation: what is required, and some of what is not; None where no sample fits."""
        made = self._value(self.model.operation_model(operation).input_shape, 0)
        return made if isinstance(made, dict) else None

    def _value(self, shape: Any, depth: int) -> Any:
        metadata = shape.metadata
        low, high = metadata.get("min", 0), metadata.get("max")
        if shape.type_name == "structure":
            return self._structure(shape, depth)
        if shape.type_name == "list":
            count = max(low, 0 if depth > DEPTH else self.chance.randint(0, 2))
            items = [self._value(shape.member, depth + 1) for _ in range(min(count, high or count))]
            return None if any(item is None for item in items) else items
        if shape.type_name == "map":
            key = self._value(shape.key, depth + 1)
            value = self._value(shape.value, depth + 1)
            if key is None or value is None:
                return {} if low == 0 else None
            return {key: value}
        if shape.type_name == "string":
            return self._text(shape)
        if shape.type_name == "boolean":
            return self.chance.random() < 0.5
        if shape.type_name in ("integer", "long"):
            return self.chance.randint(low, min(high, low + 100) if high is not None else low + 100)
        if shape.type_name == "timestamp":
            return 1_700_000_000
        if shape.type_name == "blob":
            return "YQ=="
        return self.chance.uniform(low, high if high is not None else low + 1)

    def _structure(self, shape: Any, depth: int) -> dict[str, Any] | None:
        made = {}
        for name, member in shape.members.items():
            required = name in shape.required_members
            if not required and (depth >= DEPTH or self.chance.random() < 0.6):
                continue
            value = self._value(member, depth + 1)
            if value is not None:
                made[name] = value
            elif required:
                return None
        return made

    def _text(self, shape: Any) -> str | None:
        if shape.enum:
            return self.chance.choice(shape.enum)
        metadata = shape.metadata
        low, high = metadata.get("min", 0), metadata.get("max", 10_000)
        pattern = metadata.get("pattern")
        fitting = [text for text in SAMPLES if low <= len(text) <= high and _fits(pattern, text)]
        return self.chance.choice(fitting) if fitting else None


def _fits(pattern: str | None, text: str) -> bool:
    """Whether a pattern of Java's certainly allows a text: what Python cannot read allows nothing."""
    classes = {"L": "A-Za-z", "N": "0-9", "Z": " ", "Alnum": "A-Za-z0-9"}
    try:
        return pattern is None or bool(
            re.fullmatch(re.sub(r"\\p\{(\w+)\}", lambda found: classes.get(found[1], ""), pattern), text)
        )
    except re.error:
        return False
