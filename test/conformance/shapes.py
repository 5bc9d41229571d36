"""Holds an answer against AWS's own description: required members there, no unknown ones, types and values right."""

from __future__ import annotations

import json
from typing import Any

JSON_TYPES = {
    "structure": dict,
    "map": dict,
    "list": list,
    "string": str,
    "timestamp": (int, float),
    "integer": int,
    "long": int,
    "float": (int, float),
    "double": (int, float),
    "boolean": bool,
}


def check_answer(http_response: Any, model: Any, **_: Any) -> None:
    """For botocore's event after-call: refuses an answer that AWS's model does not allow."""
    if http_response.status_code >= 300 or model.output_shape is None:
        return
    body = json.loads(http_response.content or b"{}")
    found = faults(model.output_shape, body, model.name)
    assert not found, found


def faults(shape: Any, value: Any, path: str) -> list[str]:
    """What is wrong with `value`, each with its place."""
    expected = JSON_TYPES[shape.type_name]
    if not isinstance(value, expected) or (isinstance(value, bool) and shape.type_name != "boolean"):
        return [f"{path}: {value!r} is not a {shape.type_name}"]
    if shape.type_name == "structure":
        return _structure(shape, value, path)
    if shape.type_name == "list":
        return [fault for i, item in enumerate(value) for fault in faults(shape.member, item, f"{path}[{i}]")]
    if shape.type_name == "map":
        return [fault for key, item in value.items() for fault in faults(shape.value, item, f"{path}.{key}")]
    if shape.type_name == "string" and shape.enum and value not in shape.enum:
        return [f"{path}: {value!r} is none of {shape.enum}"]
    return []


def _structure(shape: Any, value: dict[str, Any], path: str) -> list[str]:
    missing = [f"{path}.{name} is missing" for name in shape.required_members if name not in value]
    unknown = [f"{path}.{name} is not a member" for name in value if name not in shape.members]
    nested = [
        fault
        for name, member in shape.members.items()
        if name in value
        for fault in faults(member, value[name], f"{path}.{name}")
    ]
    return [*missing, *unknown, *nested]
