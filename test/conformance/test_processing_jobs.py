"""Processing jobs: inputs, a command, outputs, the end, the lists."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, IMAGE, ROLE, Stack, fresh, until


def request(stack: Stack, script: str = "", **members: Any) -> dict[str, Any]:
    """A processing job's request that runs `script` and keeps /opt/ml/processing/output/out."""
    name = members.pop("ProcessingJobName", None) or fresh("process")
    code = stack.put(f"code/{name}/main.py", script)
    return {
        "ProcessingJobName": name,
        "RoleArn": ROLE,
        "AppSpecification": {
            "ImageUri": IMAGE,
            "ContainerEntrypoint": ["python3", "/opt/ml/processing/input/code/main.py"],
        },
        "ProcessingInputs": [given("code", code), *members.pop("ProcessingInputs", [])],
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "out",
                    "S3Output": {
                        "S3Uri": f"s3://{BUCKET}/processed/{name}",
                        "LocalPath": "/opt/ml/processing/output/out",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
        },
        **members,
    }


def given(name: str, uri: str, **source: Any) -> dict[str, Any]:
    path = f"/opt/ml/processing/input/{name}"
    s3 = {"S3Uri": uri, "LocalPath": path, "S3DataType": "S3Prefix", "S3InputMode": "File", **source}
    return {"InputName": name, "S3Input": s3}


def process(stack: Stack, script: str = "", **members: Any) -> str:
    asked = request(stack, script, **members)
    stack.sagemaker.create_processing_job(**asked)
    return asked["ProcessingJobName"]


def processed(stack: Stack, name: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        job = stack.sagemaker.describe_processing_job(ProcessingJobName=name)
        return job if job["ProcessingJobStatus"] in ("Completed", "Failed", "Stopped") else None

    return until(over, f"the end of {name}")


def refused(stack: Stack, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        stack.sagemaker.create_processing_job(**request(stack, **members))
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]


def test_outputs_are_kept_under_their_prefix(stack: Stack) -> None:
    script = (
        "from pathlib import Path\nout = Path('/opt/ml/processing/output/out')\n"
        "(out / 'a').mkdir()\n(out / 'a/b.txt').write_text('b')\n(out / 'c.txt').write_text('c')\n"
    )
    name = process(stack, script)
    job = processed(stack, name)
    assert job["ProcessingJobStatus"] == "Completed"
    assert job["ProcessingStartTime"] <= job["ProcessingEndTime"]
    assert stack.keys(f"processed/{name}/") == [f"processed/{name}/a/b.txt", f"processed/{name}/c.txt"]


def test_a_link_in_the_output_is_not_followed(stack: Stack) -> None:
    script = "import os\nos.symlink('/etc/passwd', '/opt/ml/processing/output/out/p')\n"
    name = process(stack, script)
    assert processed(stack, name)["ProcessingJobStatus"] == "Completed"
    assert stack.keys(f"processed/{name}/") == []


def test_inputs_are_where_the_request_says(stack: Stack) -> None:
    uri = stack.put(f"data/{fresh()}/x.csv", "1,2").removesuffix("x.csv")
    script = "print(open('/opt/ml/processing/input/table/x.csv').read())\n"
    name = process(stack, script, ProcessingInputs=[given("table", uri)])
    processed(stack, name)
    assert stack.log("processing-job", name).strip() == "1,2"


def test_an_object_named_whole_arrives_by_its_name(stack: Stack) -> None:
    folder = f"data/{fresh()}"
    uri = stack.put(f"{folder}/x.csv", "1")
    stack.put(f"{folder}/x.csv.bak", "2")
    script = "import os\nprint(os.listdir('/opt/ml/processing/input/table'))\n"
    name = process(stack, script, ProcessingInputs=[given("table", uri)])
    processed(stack, name)
    assert stack.log("processing-job", name).strip() == "['x.csv']"


def test_arguments_come_as_they_are(stack: Stack) -> None:
    asked = request(stack, "import sys\nprint(sys.argv[1:])\n")
    asked["AppSpecification"]["ContainerArguments"] = ["--a", "b c", "$HOME", "'x'"]
    stack.sagemaker.create_processing_job(**asked)
    processed(stack, asked["ProcessingJobName"])
    assert stack.log("processing-job", asked["ProcessingJobName"]).strip() == str(["--a", "b c", "$HOME", "'x'"])


def test_the_job_finds_its_own_request(stack: Stack) -> None:
    script = "import json\nprint(json.load(open('/opt/ml/config/processingjobconfig.json'))['ProcessingJobName'])\n"
    name = process(stack, script)
    processed(stack, name)
    assert stack.log("processing-job", name).strip() == name


def test_any_command_can_run_not_python_alone(stack: Stack) -> None:
    asked = request(stack)
    command = ["/bin/sh", "-c", "echo $MODE > /opt/ml/processing/output/out/m"]
    asked["AppSpecification"]["ContainerEntrypoint"] = command
    asked["Environment"] = {"MODE": "x"}
    stack.sagemaker.create_processing_job(**asked)
    assert processed(stack, asked["ProcessingJobName"])["ProcessingJobStatus"] == "Completed"
    assert stack.get(f"s3://{BUCKET}/processed/{asked['ProcessingJobName']}/m") == b"x\n"


def test_a_program_that_is_not_there_fails_the_job(stack: Stack) -> None:
    asked = request(stack)
    asked["AppSpecification"]["ContainerEntrypoint"] = ["/bin/there-is-none"]
    stack.sagemaker.create_processing_job(**asked)
    job = processed(stack, asked["ProcessingJobName"])
    assert job["ProcessingJobStatus"] == "Failed"
    assert "there-is-none" in job["FailureReason"]


def test_a_script_that_fails_keeps_nothing_and_says_why(stack: Stack) -> None:
    script = (
        "open('/opt/ml/processing/output/out/x', 'w').write('half')\nprint('no such column')\nraise SystemExit(4)\n"
    )
    name = process(stack, script)
    job = processed(stack, name)
    assert job["FailureReason"] == "AlgorithmError: no such column, exit code: 4"
    assert stack.keys(f"processed/{name}/") == []


def test_the_message_file_is_the_exit_message(stack: Stack) -> None:
    name = process(stack, "open('/opt/ml/output/message', 'w').write('891 rows')\n")
    assert processed(stack, name)["ExitMessage"] == "891 rows"


def test_a_job_that_runs_too_long_is_stopped(stack: Stack) -> None:
    name = process(stack, "import time\ntime.sleep(600)\n", StoppingCondition={"MaxRuntimeInSeconds": 1})
    assert processed(stack, name)["ProcessingJobStatus"] == "Stopped"


def test_a_job_is_stopped(stack: Stack) -> None:
    name = process(stack, "import time\ntime.sleep(600)\n")
    stack.sagemaker.stop_processing_job(ProcessingJobName=name)
    assert processed(stack, name)["ProcessingJobStatus"] == "Stopped"
    with pytest.raises(ClientError, match="is in status Stopped"):
        stack.sagemaker.stop_processing_job(ProcessingJobName=name)


def test_network_isolation_leaves_no_network(stack: Stack) -> None:
    script = f"import socket\nsocket.create_connection(('127.0.0.1', {stack.url.rpartition(':')[2]}), 5)\n"
    name = process(stack, script, NetworkConfig={"EnableNetworkIsolation": True})
    assert "unreachable" in processed(stack, name)["FailureReason"]


def test_a_job_is_deleted_once_it_is_over(stack: Stack) -> None:
    name = process(stack, "import time\ntime.sleep(600)\n")
    with pytest.raises(ClientError, match="ResourceInUse"):
        stack.sagemaker.delete_processing_job(ProcessingJobName=name)
    stack.sagemaker.stop_processing_job(ProcessingJobName=name)
    processed(stack, name)
    stack.sagemaker.delete_processing_job(ProcessingJobName=name)
    with pytest.raises(ClientError, match="Requested resource not found"):
        stack.sagemaker.describe_processing_job(ProcessingJobName=name)


def test_a_name_that_is_taken(stack: Stack) -> None:
    name = process(stack)
    with pytest.raises(ClientError, match=r"ResourceInUse.*Processing job names must be unique"):
        process(stack, ProcessingJobName=name)


def test_an_unknown_job_is_not_found(stack: Stack) -> None:
    for call in (stack.sagemaker.describe_processing_job, stack.sagemaker.stop_processing_job):
        with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found\."):
            call(ProcessingJobName="there-is-none")


def test_an_image_that_nothing_here_runs(stack: Stack) -> None:
    assert "images.yaml" in refused(stack, AppSpecification={"ImageUri": "mine:1", "ContainerEntrypoint": ["x"]})


def test_an_image_without_a_command(stack: Stack) -> None:
    assert "ContainerEntrypoint is missing" in refused(stack, AppSpecification={"ImageUri": IMAGE})


def test_more_than_one_machine(stack: Stack) -> None:
    cluster = {"InstanceCount": 2, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 1}
    assert "one machine is here" in refused(stack, ProcessingResources={"ClusterConfig": cluster})


@pytest.mark.parametrize("path", ["/etc", "/opt/ml/../../etc", "/opt/mlx"])
def test_a_path_outside_of_opt_ml(stack: Stack, path: str) -> None:
    inputs = [given("table", f"s3://{BUCKET}/x/", LocalPath=path)]
    assert "below /opt/ml" in refused(stack, ProcessingInputs=inputs)


def test_a_data_set_that_is_not_s3(stack: Stack) -> None:
    athena = {"Catalog": "c", "Database": "d", "QueryString": "q", "OutputS3Uri": "s3://x/y", "OutputFormat": "PARQUET"}
    inputs = [{"InputName": "t", "DatasetDefinition": {"AthenaDatasetDefinition": athena}}]
    assert "S3Input" in refused(stack, ProcessingInputs=inputs)


def test_lists_filter_sort_and_page(stack: Stack) -> None:
    prefix = fresh("listed")
    names = [process(stack, ProcessingJobName=f"{prefix}-{letter}") for letter in "bca"]
    for name in names:
        processed(stack, name)

    def listed(**filters: Any) -> list[str]:
        pages = stack.sagemaker.get_paginator("list_processing_jobs").paginate(NameContains=prefix, **filters)
        return [job["ProcessingJobName"] for page in pages for job in page["ProcessingJobSummaries"]]

    assert listed() == names[::-1]
    assert listed(SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 1}) == sorted(names)
    assert listed(StatusEquals="Stopped") == []
