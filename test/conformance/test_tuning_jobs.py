"""Tuning jobs: searches, their training jobs, the best, the end."""

from __future__ import annotations

import itertools
import os
import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, Stack, until
from tuning import SCRIPT, X, continuous, hyperband, refused, request, trainings, tune, tuned

ONE = {"Name": "x", "Values": ["1"]}


class TestSearches:
    @pytest.mark.parametrize("strategy", ["Random", "Bayesian"])
    def test_as_many_training_jobs_as_asked_and_the_best_of_them(self, stack: Stack, strategy: str) -> None:
        name = tune(stack, Strategy=strategy)
        job = tuned(stack, name)
        assert job["HyperParameterTuningJobStatus"] == "Completed"
        found = trainings(stack, name)
        assert len(found) == 4
        losses = {
            each["TrainingJobName"]: each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in found
        }
        assert job["BestTrainingJob"]["TrainingJobName"] == min(losses, key=lambda key: losses[key])
        assert job["TrainingJobStatusCounters"]["Completed"] == job["ObjectiveStatusCounters"]["Succeeded"] == 4

    def test_the_same_seed_searches_the_same(self, stack: Stack) -> None:
        first, second = (tune(stack, ResourceLimits={"MaxParallelTrainingJobs": 1}) for _ in range(2))
        for name in (first, second):
            tuned(stack, name)
        drawn = [
            [each["TunedHyperParameters"] for each in trainings(stack, name, SortOrder="Ascending")]
            for name in (first, second)
        ]
        assert drawn[0] == drawn[1]

    def test_a_grid_has_each_combination_once(self, stack: Stack) -> None:
        ranges = {
            "CategoricalParameterRanges": [
                {"Name": "x", "Values": ["0.1", "0.3", "0.5"]},
                {"Name": "kind", "Values": ["a", "b"]},
            ]
        }
        name = tune(stack, Strategy="Grid", ParameterRanges=ranges, ResourceLimits={"MaxNumberOfTrainingJobs": 6})
        job = tuned(stack, name)
        combinations = {tuple(sorted(each["TunedHyperParameters"].items())) for each in trainings(stack, name)}
        assert len(combinations) == 6
        assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0.3"

    def test_ranges_are_kept_on_their_scales(self, stack: Stack) -> None:
        ranges = {
            "ContinuousParameterRanges": [
                {"Name": "x", "MinValue": "0.001", "MaxValue": "1", "ScalingType": "Logarithmic"},
                {"Name": "keep", "MinValue": "0.5", "MaxValue": "0.999", "ScalingType": "ReverseLogarithmic"},
            ],
            "IntegerParameterRanges": [{"Name": "depth", "MinValue": "2", "MaxValue": "4"}],
        }
        name = tune(stack, ParameterRanges=ranges)
        tuned(stack, name)
        for each in trainings(stack, name):
            values = each["TunedHyperParameters"]
            assert 0.001 <= float(values["x"]) <= 1
            assert 0.5 <= float(values["keep"]) <= 0.999
            assert values["depth"] in ("2", "3", "4")

    def test_no_more_run_at_once_than_allowed(self, stack: Stack) -> None:
        script = "import time\ntime.sleep(0.3)\n" + SCRIPT
        name = tune(stack, script, ResourceLimits={"MaxParallelTrainingJobs": 1})
        tuned(stack, name)
        times = sorted((each["CreationTime"], each["TrainingEndTime"]) for each in trainings(stack, name))
        assert all(end <= start for (_, end), (start, _) in itertools.pairwise(times))


class TestTrainingJobs:
    def test_each_knows_its_tuning_job_and_its_hyperparameters(self, stack: Stack) -> None:
        name = tune(stack)
        arn = tuned(stack, name)["HyperParameterTuningJobArn"]
        for each in trainings(stack, name):
            job = stack.sagemaker.describe_training_job(TrainingJobName=each["TrainingJobName"])
            assert job["TrainingJobName"].startswith(f"{name}-0")
            assert job["TuningJobArn"] == arn
            assert job["HyperParameters"]["fixed"] == "7"
            assert job["HyperParameters"]["_tuning_objective_metric"] == "loss"
            assert job["HyperParameters"]["x"] == each["TunedHyperParameters"]["x"]

    def test_sorted_by_the_objective(self, stack: Stack) -> None:
        name = tune(stack)
        tuned(stack, name)
        found = trainings(stack, name, SortBy="FinalObjectiveMetricValue", SortOrder="Ascending")
        values = [each["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for each in found]
        assert values == sorted(values)

    def test_in_pages(self, stack: Stack) -> None:
        name = tune(stack)
        tuned(stack, name)
        assert len(trainings(stack, name, PaginationConfig={"PageSize": 1})) == 4

    def test_those_that_fail_are_counted_and_do_not_win(self, stack: Stack) -> None:
        script = "import os\nif float(os.environ['SM_HP_X']) < 0.5: raise SystemExit(1)\n" + SCRIPT
        ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["0.3", "0.9"]}]}
        limits = {"MaxNumberOfTrainingJobs": 2}
        name = tune(stack, script, Strategy="Grid", ParameterRanges=ranges, ResourceLimits=limits)
        job = tuned(stack, name)
        assert job["TrainingJobStatusCounters"]["NonRetryableError"] == job["ObjectiveStatusCounters"]["Failed"] == 1
        assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0.9"

    def test_one_without_the_metric_has_no_objective(self, stack: Stack) -> None:
        name = tune(stack, "print('nothing')\n", ResourceLimits={"MaxNumberOfTrainingJobs": 1})
        job = tuned(stack, name)
        assert job["ObjectiveStatusCounters"]["Failed"] == 1
        assert "BestTrainingJob" not in job


class TestTheEnd:
    def test_a_stop_stops_the_training_jobs(self, stack: Stack) -> None:
        name = tune(stack, "import time\ntime.sleep(600)\n")
        until(lambda: trainings(stack, name), "a training job")
        stack.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        job = tuned(stack, name)
        assert job["HyperParameterTuningJobStatus"] == "Stopped"
        assert {each["TrainingJobStatus"] for each in trainings(stack, name)} == {"Stopped"}
        with pytest.raises(ClientError, match="is in status Stopped"):
            stack.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)

    def test_a_kill_of_the_endpoint_loses_nothing_and_makes_nothing_twice(self) -> None:
        own = Stack()
        try:
            name = tune(own, "import time\ntime.sleep(0.3)\n" + SCRIPT, ResourceLimits={"MaxNumberOfTrainingJobs": 6})
            until(lambda: len(trainings(own, name)) >= 2, "the first training jobs")
            os.kill(own.pid, signal.SIGKILL)
            own.up()
            assert tuned(own, name)["TrainingJobStatusCounters"]["Completed"] == 6
            assert len(trainings(own, name)) == 6
        finally:
            own.down()


class TestRefusals:
    def test_a_name_that_is_taken(self, stack: Stack) -> None:
        name = tune(stack)
        with pytest.raises(ClientError, match="ResourceInUse"):
            tune(stack, HyperParameterTuningJobName=name)
        tuned(stack, name)

    def test_a_name_of_more_than_32_characters(self, stack: Stack) -> None:
        message = refused(stack, HyperParameterTuningJobName="x" * 33)
        assert "length less than or equal to 32" in message

    def test_an_objective_that_no_log_is_searched_for(self, stack: Stack) -> None:
        objective = {"Type": "Maximize", "MetricName": "auc"}
        assert "none of the MetricDefinitions" in refused(stack, HyperParameterTuningJobObjective=objective)

    def test_an_image_that_nothing_here_runs(self, stack: Stack) -> None:
        specification = {"TrainingImage": "mine:1", "TrainingInputMode": "File"}
        assert "images.yaml" in refused(stack, TrainingJobDefinition={"AlgorithmSpecification": specification})

    @pytest.mark.parametrize(
        ("members", "named"),
        [
            ({"Strategy": "Hyperband"}, "MaxResource"),
            ({"Strategy": "Hyperband", "TrainingJobEarlyStoppingType": "Auto"}, "must be Off"),
            ({"Strategy": "Hyperband", **hyperband(9, 9)}, "MinResource < MaxResource"),
            ({"Strategy": "Grid"}, "CategoricalParameterRanges only"),
            ({"ParameterRanges": {}}, "at least one hyperparameter"),
            ({"ParameterRanges": continuous("5", "1")}, "MinValue must not be greater"),
            ({"ParameterRanges": continuous("0", "1", ScalingType="Logarithmic")}, "MinValue above 0"),
            ({"ParameterRanges": continuous("0", "1", ScalingType="ReverseLogarithmic")}, "MaxValue < 1"),
            ({"ParameterRanges": continuous("low", "1")}, "must be numbers"),
            ({"ParameterRanges": {**X, "CategoricalParameterRanges": [ONE]}}, "two ranges"),
            (
                {
                    "Strategy": "Grid",
                    "ParameterRanges": {"CategoricalParameterRanges": [{"Name": "x", "Values": ["1"]}]},
                },
                "the grid has 1 combinations",
            ),
            (
                {"TuningJobCompletionCriteria": {"ConvergenceDetected": {"CompleteOnConvergence": "Enabled"}}},
                "convergence is not public",
            ),
        ],
    )
    def test_a_search_that_cannot_be_made(self, stack: Stack, members: dict[str, Any], named: str) -> None:
        assert named in refused(stack, **members)

    def test_an_unknown_job(self, stack: Stack) -> None:
        for call in (
            stack.sagemaker.describe_hyper_parameter_tuning_job,
            stack.sagemaker.stop_hyper_parameter_tuning_job,
        ):
            with pytest.raises(ClientError, match="not found"):
                call(HyperParameterTuningJobName="there-is-none")


def test_lists_find_by_name(stack: Stack) -> None:
    name = tune(stack)
    tuned(stack, name)
    found = stack.sagemaker.list_hyper_parameter_tuning_jobs(NameContains=name)["HyperParameterTuningJobSummaries"]
    assert [each["HyperParameterTuningJobName"] for each in found] == [name]
    assert found[0]["Strategy"] == "Random"


def test_resources_of_the_tuning_kind_are_taken(stack: Stack) -> None:
    asked = request(stack)
    resources = asked["TrainingJobDefinition"].pop("ResourceConfig")
    asked["TrainingJobDefinition"]["HyperParameterTuningResourceConfig"] = resources
    asked["TrainingJobDefinition"]["OutputDataConfig"] = {"S3OutputPath": f"s3://{BUCKET}/tuned"}
    stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
    assert tuned(stack, asked["HyperParameterTuningJobName"])["HyperParameterTuningJobStatus"] == "Completed"
