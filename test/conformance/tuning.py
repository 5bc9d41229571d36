"""Tuning jobs, made and awaited as the tests of them need it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import IMAGE, Stack, fresh, until

# The objective is best at x = 0.3.
SCRIPT = (
    "import os\nx = float(os.environ['SM_HP_X'])\nprint(f'loss={(x - 0.3) ** 2:.6f};')\n"
    "open('/opt/ml/model/x', 'w').write(str(x))\n"
)
X = {"ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]}


def continuous(low: str, high: str, **members: Any) -> dict[str, Any]:
    """The range of x."""
    return {"ContinuousParameterRanges": [{"Name": "x", "MinValue": low, "MaxValue": high, **members}]}


def hyperband(least: int, most: int) -> dict[str, Any]:
    """The configuration of Hyperband, epochs."""
    return {"StrategyConfig": {"HyperbandStrategyConfig": {"MinResource": least, "MaxResource": most}}}


def request(stack: Stack, script: str = SCRIPT, **members: Any) -> dict[str, Any]:
    """A tuning job's request; members of the configuration may be given."""
    definition = stack.training_request()
    del definition["TrainingJobName"], definition["InputDataConfig"]
    definition["AlgorithmSpecification"] = {
        **{"TrainingImage": IMAGE, "TrainingInputMode": "File"},
        "MetricDefinitions": [{"Name": "loss", "Regex": "loss=([0-9.]+);"}],
    }
    definition["StaticHyperParameters"] = {"fixed": "7", **stack.scripts(main__py=script)}
    definition |= members.pop("TrainingJobDefinition", {})
    limits = {"MaxNumberOfTrainingJobs": 4, "MaxParallelTrainingJobs": 2, **members.pop("ResourceLimits", {})}
    return {
        "HyperParameterTuningJobName": members.pop("HyperParameterTuningJobName", None) or fresh("tune"),
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": limits,
            "ParameterRanges": X,
            "RandomSeed": 1,
            **members,
        },
        "TrainingJobDefinition": definition,
    }


def tune(stack: Stack, script: str = SCRIPT, **members: Any) -> str:
    asked = request(stack, script, **members)
    stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
    return asked["HyperParameterTuningJobName"]


def tuned(stack: Stack, name: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        job = stack.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        return job if job["HyperParameterTuningJobStatus"] in ("Completed", "Failed", "Stopped") else None

    return until(over, f"the end of {name}")


def trainings(stack: Stack, name: str, **members: Any) -> list[dict[str, Any]]:
    pages = stack.sagemaker.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName=name, **members
    )
    return [job for page in pages for job in page["TrainingJobSummaries"]]


def refused(stack: Stack, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        stack.sagemaker.create_hyper_parameter_tuning_job(**request(stack, **members))
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]
