"""Real AWS's weather on demand: throttling, faults, cuts, lag, capacity, quotas, spot."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError, HTTPClientError

from stack import BUCKET, Stack, fresh, until


@pytest.fixture(autouse=True)
def fair(own: Stack) -> Iterator[None]:
    """Clears the weather after each test."""
    yield
    assert own.control("weather")[0] == 200


def weather(own: Stack, **forecast: Any) -> None:
    status, answer = own.control("weather", **forecast)
    assert status == 200, answer


def outcomes(own: Stack, count: int) -> list[str]:
    """What so many list calls end as."""
    seen = []
    for _ in range(count):
        try:
            own.sagemaker.list_models()
            seen.append("ok")
        except ClientError as error:
            seen.append(error.response["Error"]["Code"])
        except HTTPClientError as error:
            seen.append(type(error).__name__)
    return seen


def test_a_burst_is_taken_and_what_is_beyond_is_throttled(own: Stack) -> None:
    weather(own, throttle={"ListModels": {"rate": 0.01, "burst": 3}})
    assert outcomes(own, 5) == ["ok", "ok", "ok", "ThrottlingException", "ThrottlingException"]


def test_a_bucket_fills_again(own: Stack) -> None:
    weather(own, throttle={"ListModels": {"rate": 50, "burst": 1}})
    until(lambda: outcomes(own, 2) == ["ok", "ThrottlingException"], "a request beyond the rate")
    until(lambda: outcomes(own, 1) == ["ok"], "a token")


def test_other_operations_are_not_throttled(own: Stack) -> None:
    weather(own, throttle={"ListEndpoints": {"rate": 0.01, "burst": 1}})
    assert outcomes(own, 3) == ["ok"] * 3


def test_faults_come_as_500_and_503_in_their_share(own: Stack) -> None:
    weather(own, seed=1, faults={"*": 0.5})
    seen = outcomes(own, 60)
    assert {"ok", "InternalFailure", "ServiceUnavailable"} == set(seen)
    # Binomial, p = 0.5: outside of 12 to 48 less than once in a million.
    assert 12 <= seen.count("ok") <= 48


def test_the_same_seed_has_the_same_weather(own: Stack) -> None:
    forecast = {"faults": {"*": 0.3}, "drop": {"before": 0.2}}
    runs = []
    for seed in (7, 7, 8):
        weather(own, seed=seed, **forecast)
        runs.append(outcomes(own, 30))
    assert runs[0] == runs[1]
    assert runs[0] != runs[2]


def test_slow_answers_are_slow(own: Stack) -> None:
    weather(own, slow={"ListModels": 200})
    began = time.monotonic()
    own.sagemaker.list_models()
    assert time.monotonic() - began >= 0.2


def test_a_cut_before_leaves_nothing_and_one_after_leaves_a_job(own: Stack) -> None:
    for point, made in (("before", False), ("after", True)):
        request = own.training_request()
        weather(own, drop={point: 1})
        with pytest.raises(ConnectionClosedError):
            own.sagemaker.create_training_job(**request)
        weather(own)
        names = own.sagemaker.list_training_jobs(NameContains=request["TrainingJobName"])["TrainingJobSummaries"]
        assert bool(names) is made


def test_a_thing_just_made_is_not_found_at_first(own: Stack) -> None:
    weather(own, lag=500)
    name = own.train()
    with pytest.raises(ClientError, match="not found"):
        own.sagemaker.describe_training_job(TrainingJobName=name)
    with pytest.raises(ClientError, match="ResourceInUse"):
        own.train(TrainingJobName=name)

    def found() -> bool:
        return bool(own.sagemaker.list_training_jobs(NameContains=name)["TrainingJobSummaries"])

    until(found, "the job in the list")


def test_machines_take_their_time_to_start(own: Stack) -> None:
    weather(own, startup={"ml.m5.large": 0.5})
    job = own.trained(own.train())
    starting = job["SecondaryStatusTransitions"][0]
    assert starting["Status"] == "Starting"
    assert (starting["EndTime"] - starting["StartTime"]).total_seconds() >= 0.5


def test_there_may_be_no_machine(own: Stack) -> None:
    weather(own, capacity={"ml.m5.large": 1})
    job = own.trained(own.train())
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("CapacityError: Unable to provision requested ML compute capacity")


def test_an_account_has_its_quota(own: Stack) -> None:
    weather(own, limits={"ml.m5.large": 1})
    name = own.train("import time\ntime.sleep(600)\n")
    with pytest.raises(
        ClientError, match=r"ResourceLimitExceeded.*'ml\.m5\.large for training job usage' is 1 Instances"
    ):
        own.train()
    own.sagemaker.stop_training_job(TrainingJobName=name)
    own.trained(name)
    own.trained(own.train())


def test_spot_machines_are_taken_away(own: Stack) -> None:
    weather(own, spot={"share": 1, "after": 0.2})
    script = (
        "import pathlib, time\nfile = pathlib.Path('/opt/ml/checkpoints/n')\n"
        "n = int(file.read_text()) if file.exists() else 0\nfile.write_text(str(n + 1))\n"
        "time.sleep(600 if n < 2 else 0)\n"
    )
    job = own.trained(
        own.train(
            script,
            EnableManagedSpotTraining=True,
            StoppingCondition={"MaxRuntimeInSeconds": 60, "MaxWaitTimeInSeconds": 60},
            CheckpointConfig={"S3Uri": f"s3://{BUCKET}/checkpoints/{fresh()}"},
        )
    )
    assert job["TrainingJobStatus"] == "Completed"
    assert [each["Status"] for each in job["SecondaryStatusTransitions"]].count("Interrupted") == 2


def test_memory_runs_out(own: Stack) -> None:
    weather(own, memory=1)
    job = own.trained(own.train("import time\ntime.sleep(600)\n"))
    assert "OutOfMemory" in job["FailureReason"]


@pytest.mark.parametrize(
    ("forecast", "words"),
    [({"rain": 1}, "rain"), ({"faults": {"*": 2}}, "faults"), ({"throttle": {"X": {"rate": 0}}}, "throttle")],
)
def test_a_forecast_that_makes_no_sense_is_refused(own: Stack, forecast: dict[str, Any], words: str) -> None:
    status, answer = own.control("weather", **forecast)
    assert status == 400
    assert words in answer["message"]


def test_a_stack_is_started_with_a_weather_file(tmp_path: Path) -> None:
    file = tmp_path / "weather.yaml"
    file.write_text("faults: { ListModels: 1 }\n")
    stack = Stack("--weather", str(file))
    try:
        assert set(outcomes(stack, 5)) <= {"InternalFailure", "ServiceUnavailable"}
    finally:
        stack.down()
