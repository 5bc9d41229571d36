"""DataProcessing of transform jobs: what of the records is sent, joined and kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from stack import Stack
from transforms import model, output, refused, transform, transformed

# Answers each row of CSV with the number of its values.
COUNTS = (
    "def model_fn(model_dir):\n    return None\n"
    "def transform_fn(model, body, content_type, accept):\n"
    "    return '\\n'.join(str(len(row.split(','))) for row in body.split('\\n')), accept\n"
)
# Answers each line of JSON with what it was sent.
ECHOES = (
    "def model_fn(model_dir):\n    return None\n"
    "def transform_fn(model, body, content_type, accept):\n"
    "    text = body.decode() if isinstance(body, bytes) else body\n"
    "    return '\\n'.join('{\"got\": ' + line + '}' for line in text.split('\\n')), accept\n"
)


@pytest.fixture(scope="module")
def counts(stack: Stack) -> str:
    return model(stack, COUNTS)


@pytest.fixture(scope="module")
def echoes(stack: Stack) -> str:
    return model(stack, ECHOES)


def test_csv_is_filtered_joined_and_filtered_again(stack: Stack, counts: str) -> None:
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input", "OutputFilter": "$[0,-1]"}
    text = output(stack, {"a": 'id1,2,3\n"id,2",4\n'}, ModelName=counts, DataProcessing=processing)
    assert text == 'id1,2\n"id,2",1\n'


def test_csv_without_a_filter_is_joined_as_it_is(stack: Stack, counts: str) -> None:
    text = output(stack, {"a": "1,2\n3"}, ModelName=counts, DataProcessing={"JoinSource": "Input"})
    assert text == "1,2,2\n3,1\n"


def test_a_file_of_csv_that_is_not_split(stack: Stack, counts: str) -> None:
    processing = {"InputFilter": "$[1:]", "JoinSource": "Input"}
    text = output(stack, {"a": "1,2\n3,4\n"}, ModelName=counts, DataProcessing=processing, Input={"SplitType": "None"})
    assert text == "1,2,1\n3,4,1\n"


def test_lines_of_json(stack: Stack, echoes: str) -> None:
    records = [{"id": 1, "features": [1, 2.50]}, {"id": 2, "features": ["ä"]}]
    processing = {"InputFilter": "$.features", "JoinSource": "Input", "OutputFilter": "$['id','SageMakerOutput']"}
    json_lines = {"ContentType": "application/jsonlines"}
    text = output(
        stack,
        {"a": "\n".join(map(json.dumps, records))},
        **{"ModelName": echoes, "DataProcessing": processing, "Input": json_lines},
        Output={"Accept": "application/jsonlines"},
    )
    assert text == '{"id":1,"SageMakerOutput":{"got":[1,2.5]}}\n{"id":2,"SageMakerOutput":{"got":["ä"]}}\n'


def test_json_that_is_no_object_is_joined_in_a_new_one(stack: Stack, echoes: str) -> None:
    kinds = {"Input": {"ContentType": "application/json"}, "Output": {"Accept": "application/json"}}
    text = output(stack, {"a": "[1]\n2"}, ModelName=echoes, DataProcessing={"JoinSource": "Input"}, **kinds)
    assert (
        text
        == '{"SageMakerInput":[1],"SageMakerOutput":{"got":[1]}}\n{"SageMakerInput":2,"SageMakerOutput":{"got":2}}\n'
    )


def test_a_document_of_json(stack: Stack, echoes: str) -> None:
    text = output(
        stack,
        {"a": '{"a": [{"b": 1}, {"b": 2}]}'},
        **{"ModelName": echoes, "DataProcessing": {"JoinSource": "Input", "InputFilter": "$.a[*].b"}},
        Input={"ContentType": "application/json", "SplitType": "None"},
        Output={"Accept": "application/json", "AssembleWith": "None"},
    )
    assert json.loads(text) == {"a": [{"b": 1}, {"b": 2}], "SageMakerOutput": {"got": [1, 2]}}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.got.a", "1"),
        ("$['got']", '{"a":1,"b":[2,3]}'),
        ("$.got.b[-1]", "3"),
        ("$.got.b[0,1]", "[2,3]"),
        ("$.got.*", "[1,[2,3]]"),
        ("$.got['b'][:1]", "[2]"),
        ("$.got.['a','b']", '{"a":1,"b":[2,3]}'),
    ],
)
def test_paths(stack: Stack, echoes: str, path: str, expected: str) -> None:
    kinds = {"Input": {"ContentType": "application/jsonlines"}, "Output": {"Accept": "application/jsonlines"}}
    given = {"a": '{"a": 1, "b": [2, 3]}'}
    text = output(stack, given, ModelName=echoes, DataProcessing={"OutputFilter": path}, **kinds)
    assert text == expected + "\n"


@pytest.mark.parametrize("path", ["a", "$..a", "$.", "$[", "$[?(@.a)]", "$['a','b'].c", "$[a]", "$[1:2:3]"])
def test_paths_that_batch_transform_does_not_have(stack: Stack, counts: str, path: str) -> None:
    assert "not a JSONPath" in refused(stack, ModelName=counts, DataProcessing={"InputFilter": path})


def test_an_index_that_a_record_does_not_have_fails_the_job(stack: Stack, counts: str) -> None:
    name = transform(stack, {"a": "1,2"}, ModelName=counts, DataProcessing={"OutputFilter": "$[5]"})
    assert transformed(stack, name)["FailureReason"] == "ClientError: See job logs for more information"
    assert "index 5" in stack.log("transform-job", name)


def test_answers_of_another_number_cannot_be_joined(stack: Stack) -> None:
    one = model(stack, COUNTS.replace("'\\n'.join", "max"))
    name = transform(stack, {"a": "1\n2"}, ModelName=one, DataProcessing={"JoinSource": "Input"})
    assert transformed(stack, name)["TransformJobStatus"] == "Failed"
    assert "2 records cannot be joined with the 1" in stack.log("transform-job", name)
    assert stack.keys(f"out/{name}/") == []


def test_what_is_neither_csv_nor_json(stack: Stack, counts: str) -> None:
    kinds: dict[str, Any] = {"ModelName": counts, "Input": {"ContentType": "image/png"}}
    assert "CSV or JSON" in refused(stack, DataProcessing={"InputFilter": "$[1:]"}, **kinds)
    assert "CSV or JSON" in refused(stack, DataProcessing={"JoinSource": "Input"}, **kinds)
    mixed = {"ModelName": counts, "Output": {"Accept": "application/json"}}
    assert "of one kind" in refused(stack, DataProcessing={"JoinSource": "Input"}, **mixed)
