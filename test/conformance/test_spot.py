"""Managed spot training: interruptions, and how a job goes on after them."""

from __future__ import annotations

from typing import Any

from stack import BUCKET, Stack, fresh, until

SPOT: dict[str, Any] = {
    "EnableManagedSpotTraining": True,
    "StoppingCondition": {"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 120},
}
# Counts its starts in a checkpoint; the first goes on until the machine is taken away.
COUNTING = (
    "import pathlib, time\nfile = pathlib.Path('/opt/ml/checkpoints/starts')\n"
    "starts = int(file.read_text()) + 1 if file.exists() else 1\nfile.write_text(str(starts))\n"
    "print('start', starts, flush=True)\n"
    "time.sleep(600 if starts == 1 else 0)\n"
)


def log_of(stack: Stack, name: str) -> str:
    file = stack.home / "sagemaker/jobs/training-job" / name / "log.txt"
    return file.read_text() if file.exists() else ""


def test_an_interrupted_job_goes_on_from_its_checkpoint(stack: Stack) -> None:
    prefix = f"checkpoints/{fresh()}"
    name = stack.train(COUNTING, CheckpointConfig={"S3Uri": f"s3://{BUCKET}/{prefix}"}, **SPOT)
    until(lambda: "start 1" in log_of(stack, name), "the first start")
    assert stack.control("interrupt", TrainingJobName=name) == (200, {})
    job = stack.trained(name)
    assert job["TrainingJobStatus"] == "Completed"
    assert "start 2" in log_of(stack, name)
    assert stack.get(f"s3://{BUCKET}/{prefix}/starts") == b"2"
    statuses = [each["Status"] for each in job["SecondaryStatusTransitions"]]
    assert statuses == [
        *["Starting", "Downloading", "Training", "Interrupted"],
        *["Starting", "Downloading", "Training", "Uploading", "Completed"],
    ]
    assert job["BillableTimeInSeconds"] <= job["TrainingTimeInSeconds"]


def test_a_job_without_checkpoints_begins_anew(stack: Stack) -> None:
    script = "import time\nprint('up', flush=True)\ntime.sleep(600)\n"
    name = stack.train(script, **SPOT)
    until(lambda: log_of(stack, name).count("up") == 1, "the first start")
    stack.control("interrupt", TrainingJobName=name)
    until(lambda: log_of(stack, name).count("up") == 2, "the second start")
    stack.sagemaker.stop_training_job(TrainingJobName=name)
    assert stack.trained(name)["SecondaryStatus"] == "Stopped"


def test_a_job_whose_wait_is_over_is_stopped(stack: Stack) -> None:
    condition = {"MaxRuntimeInSeconds": 1, "MaxWaitTimeInSeconds": 1}
    name = stack.train("import time\ntime.sleep(600)\n", EnableManagedSpotTraining=True, StoppingCondition=condition)
    job = stack.trained(name)
    assert job["TrainingJobStatus"] == "Stopped"
    assert job["SecondaryStatus"] in ("MaxWaitTimeExceeded", "MaxRuntimeExceeded")


def test_a_job_that_is_not_on_spot_is_not_interrupted(stack: Stack) -> None:
    name = stack.train("import time\ntime.sleep(600)\n")
    status, answer = stack.control("interrupt", TrainingJobName=name)
    assert status == 400
    assert "does not run on spot capacity" in answer["message"]
    stack.sagemaker.stop_training_job(TrainingJobName=name)
    assert stack.trained(name)["TrainingJobStatus"] == "Stopped"


def test_a_control_call_that_is_not_there(stack: Stack) -> None:
    status, answer = stack.control("dance")
    assert status == 404
    assert "There are: interrupt, weather" in answer["message"]
