"""Writes service-model.json: what AWS's own model says of the requests that the endpoint answers.

Usage, with botocore installed: python generate_service_model.py > service-model.json
"""

from __future__ import annotations

import json
import re
from typing import Any

import botocore.session

JOBS = ("ProcessingJob", "TrainingJob", "HyperParameterTuningJob", "TransformJob")
RESOURCES = ("Model", "EndpointConfig", "Endpoint", "ModelPackageGroup", "ModelPackage")
OPERATIONS = [
    *(f"{verb}{name}" for name in JOBS for verb in ("Create", "Describe", "Stop")),
    *(f"{verb}{name}" for name in RESOURCES for verb in ("Create", "Describe", "Delete")),
    *(f"List{name}s" for name in (*JOBS, *RESOURCES)),
    *(f"Delete{name}" for name in ("ProcessingJob", "TrainingJob", "HyperParameterTuningJob")),
    "ListTrainingJobsForHyperParameterTuningJob",
    "UpdateTrainingJob",
    "UpdateEndpoint",
    "UpdateEndpointWeightsAndCapacities",
    "UpdateModelPackage",
    "AddTags",
    "ListTags",
    "DeleteTags",
    "Search",
]
CONSTRAINTS = ("min", "max", "enum")
# Java's POSIX classes, by the JavaScript that means the same.
JAVA = {r"\p{Alnum}": "A-Za-z0-9", r"\p{ASCII}": r"\x00-\x7f"}


def main() -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    shapes: dict[str, Any] = {}
    operations = {}
    for name in sorted(OPERATIONS):
        shape = model.operation_model(name).input_shape
        operations[name] = shape.name
        collect(shape, shapes)
    lines = [f"{json.dumps(name)}:{json.dumps(shapes[name], separators=(',', ':'))}" for name in sorted(shapes)]
    print('{"operations":' + json.dumps(operations, indent=1) + ',\n"shapes":{\n' + ",\n".join(lines) + "\n}}")


def collect(shape: Any, shapes: dict[str, Any]) -> None:
    """Adds a shape and all that it is made of."""
    if shape.name in shapes:
        return
    kept: dict[str, Any] = {"type": shape.type_name}
    shapes[shape.name] = kept
    kept.update({name: shape.metadata[name] for name in CONSTRAINTS if shape.metadata.get(name)})
    if "pattern" in shape.metadata:
        kept["pattern"] = shape.metadata["pattern"]
        kept["regex"] = javascript(shape.metadata["pattern"])
    if shape.type_name == "structure":
        kept["required"] = list(shape.required_members)
        kept["members"] = {name: member.name for name, member in shape.members.items()}
        for member in shape.members.values():
            collect(member, shapes)
    elif shape.type_name == "list":
        kept["member"] = shape.member.name
        collect(shape.member, shapes)
    elif shape.type_name == "map":
        kept["key"], kept["value"] = shape.key.name, shape.value.name
        collect(shape.key, shapes)
        collect(shape.value, shapes)


def javascript(pattern: str) -> str:
    """The pattern for JavaScript's `u` mode, anchored as AWS anchors it."""
    for java, plain in JAVA.items():
        pattern = pattern.replace(java, plain)
    pattern = re.sub(r"([*+?}])\+", r"\1", pattern)  # possessive quantifiers only save time
    pattern = re.sub(r"\$\{\d+,\d+\}", "$", pattern)  # Java takes an end that is repeated
    return f"^(?:{unescape(pattern)})$"


def unescape(pattern: str) -> str:
    """Drops the backslashes that `u` mode refuses; within a class `-` keeps its own."""
    result, in_class, index = "", False, 0
    while index < len(pattern):
        char = pattern[index]
        if char == "\\" and index + 1 < len(pattern):
            following = pattern[index + 1]
            keep = following in "^$\\.*+?()[]{}|/dDsSwWbBpPuxnrtf0123456789" or (following == "-" and in_class)
            result += char + following if keep else following
            index += 2
            continue
        if char == "[":
            in_class = True
        elif char == "]":
            in_class = False
        elif char == "-" and in_class and re.search(r"(\\[wdsp]|\})$", result):
            char = "\\-"
        result += char
        index += 1
    return result


if __name__ == "__main__":
    main()
