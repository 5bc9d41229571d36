"""Script mode: how the training toolkit runs a user's program."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import IMAGE, Stack

TELL = "import json, os, sys\nprint(json.dumps({'argv': sys.argv[1:], 'env': dict(os.environ)}))\n"


def run(stack: Stack, hyperparameters: dict[str, str]) -> tuple[dict[str, Any], str]:
    """A job without an entry point: how it ended, and what it wrote."""
    request = stack.training_request(HyperParameters=hyperparameters)
    request["AlgorithmSpecification"] = {"TrainingImage": IMAGE, "TrainingInputMode": "File"}
    del request["InputDataConfig"]
    stack.sagemaker.create_training_job(**request)
    job = stack.trained(request["TrainingJobName"])
    ran = job["TrainingJobStatus"] == "Completed"
    return job, stack.log("training-job", request["TrainingJobName"]) if ran else ""


def told(stack: Stack, **hyperparameters: str) -> dict[str, Any]:
    job, log = run(stack, {**stack.scripts(main__py=TELL), **hyperparameters})
    assert job["TrainingJobStatus"] == "Completed", job
    return json.loads(log)


@pytest.mark.parametrize(
    ("value", "argument", "variable"),
    [
        ("3", "3", "3"),
        ('"text"', "text", "text"),
        ("text", "text", "text"),
        ("0.1", "0.1", "0.1"),
        ("true", "True", "true"),
        ("null", "", ""),
        ("[1, 2]", "[1, 2]", "[1,2]"),
        ('["a"]', "['a']", '["a"]'),
        ('{"b": 1, "a": "x"}', "a=x,b=1", '{"b":1,"a":"x"}'),
        ("a b $HOME", "a b $HOME", "a b $HOME"),
    ],
)
def test_values_as_arguments_and_as_variables(stack: Stack, value: str, argument: str, variable: str) -> None:
    seen = told(stack, value=value)
    assert seen["argv"] == ["--value", argument]
    assert seen["env"]["SM_HP_VALUE"] == variable


def test_arguments_come_in_the_order_of_their_names(stack: Stack) -> None:
    assert told(stack, b="1", a="2", C="3")["argv"] == ["-C", "3", "-a", "2", "-b", "1"]


def test_reserved_hyperparameters_are_not_the_scripts(stack: Stack) -> None:
    seen = told(stack, depth="3", sagemaker_region='"us-east-1"')
    assert seen["argv"] == ["--depth", "3"]
    assert json.loads(seen["env"]["SM_HPS"]) == {"depth": 3}
    assert json.loads(seen["env"]["SM_FRAMEWORK_PARAMS"])["sagemaker_program"] == "main.py"


def test_the_toolkits_variables(stack: Stack) -> None:
    env = told(stack, depth="3")["env"]
    assert env["SM_USER_ENTRY_POINT"] == "main.py"
    assert env["SM_MODULE_NAME"] == "main"
    assert json.loads(env["SM_USER_ARGS"]) == ["--depth", "3"]
    training = json.loads(env["SM_TRAINING_ENV"])
    assert training["hyperparameters"] == {"depth": 3}
    assert training["model_dir"] == "/opt/ml/model"
    assert json.loads(env["SM_HOSTS"]) == ["algo-1"]


def test_modules_beside_the_program_are_found(stack: Stack) -> None:
    scripts = stack.scripts(main__py="import helper\nprint(helper.WORD)\n", helper__py="WORD = 'found'\n")
    assert run(stack, scripts)[1].strip() == "found"


def test_a_shell_script_is_a_program_too(stack: Stack) -> None:
    scripts = stack.scripts(main__sh='#!/bin/sh\necho "$@"\n')
    assert run(stack, {**scripts, "sagemaker_program": '"main.sh"', "a": "1"})[1].strip() == "-a 1"


def test_a_program_that_is_not_among_the_files(stack: Stack) -> None:
    scripts = {**stack.scripts(main__py=""), "sagemaker_program": '"other.py"'}
    job, _ = run(stack, scripts)
    assert job["TrainingJobStatus"] == "Failed"
    assert "other.py is not among the files" in job["FailureReason"]


def test_scripts_that_are_not_there(stack: Stack) -> None:
    job, _ = run(stack, {"sagemaker_program": '"a.py"', "sagemaker_submit_directory": '"s3://crossfold/none.tar.gz"'})
    assert "No S3 objects found" in job["FailureReason"]


def test_a_job_that_names_no_command(stack: Stack) -> None:
    job, _ = run(stack, {"depth": "3"})
    assert job["TrainingJobStatus"] == "Failed"
    assert "sagemaker_program" in job["FailureReason"]


def test_an_unknown_training_image_is_refused_before_anything_runs(stack: Stack) -> None:
    request = stack.training_request()
    request["AlgorithmSpecification"] = {"TrainingImage": "mine:1", "TrainingInputMode": "File"}
    with pytest.raises(ClientError, match=r"images\.yaml"):
        stack.sagemaker.create_training_job(**request)
