"""Tuning jobs: what stops training jobs early, what ends a tuning job early, several definitions, warm starts."""

from __future__ import annotations

import os
import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import Stack, fresh, until
from tuning import X, continuous, hyperband, request, trainings, tune, tuned

# Ten epochs whose loss falls to x; where x is bad, the epochs have no end: for the job to end, it has to be stopped.
EPOCHS = """import itertools, os, time
x = float(os.environ["SM_HP_X"])
for epoch in itertools.count(1):
    print(f"loss={x + 1 / epoch:.6f};", flush=True)
    time.sleep(0.02)
    if epoch == 10 and x < 9:
        break
"""
GOOD_AND_BAD = {"CategoricalParameterRanges": [{"Name": "x", "Values": [*map(str, range(6)), "9"]}]}


def by_x(stack: Stack, name: str) -> dict[str, dict[str, Any]]:
    """The training jobs of a tuning job, by the x that each got."""
    return {each["TunedHyperParameters"]["x"]: each for each in trainings(stack, name)}


class TestEarlyStops:
    def test_a_job_worse_than_the_median_is_stopped(self, stack: Stack) -> None:
        name = tune(
            stack,
            EPOCHS,
            **{"Strategy": "Grid", "ParameterRanges": GOOD_AND_BAD, "TrainingJobEarlyStoppingType": "Auto"},
            # The bad one may come first: two at once, so that the good ones pass it.
            ResourceLimits={"MaxNumberOfTrainingJobs": 7, "MaxParallelTrainingJobs": 2},
        )
        job = tuned(stack, name)
        found = by_x(stack, name)
        assert job["HyperParameterTuningJobStatus"] == "Completed"
        assert found["9"]["TrainingJobStatus"] == "Stopped"
        assert job["BestTrainingJob"]["TunedHyperParameters"]["x"] == "0"
        assert job["TrainingJobStatusCounters"]["Stopped"] >= 1
        # One that was stopped has the objective that its log had.
        assert found["9"]["ObjectiveStatus"] == "Succeeded"
        assert job["ObjectiveStatusCounters"]["Succeeded"] == 7

    def test_hyperband_stops_most_and_none_before_its_least_resource(self, stack: Stack) -> None:
        script = (
            "import os, time\nx = float(os.environ['SM_HP_X'])\nfor epoch in range(1, 10):\n"
            "    print(f'loss={x:.6f};', flush=True)\n    time.sleep(0.1)\n"
        )
        limits = {"MaxNumberOfTrainingJobs": 12, "MaxParallelTrainingJobs": 2}
        name = tune(stack, script, Strategy="Hyperband", **hyperband(1, 9), ResourceLimits=limits)
        job = tuned(stack, name)
        assert job["HyperParameterTuningJobStatus"] == "Completed"
        counters = job["TrainingJobStatusCounters"]
        assert counters["Completed"] + counters["Stopped"] == 12
        assert counters["Stopped"] >= 1
        assert job["HyperParameterTuningJobConfig"]["Strategy"] == "Hyperband"

    def test_hyperband_takes_its_resource_from_the_epochs(self, stack: Stack) -> None:
        asked = request(
            stack, "print('loss=1;')\n", Strategy="Hyperband", ResourceLimits={"MaxNumberOfTrainingJobs": 1}
        )
        asked["TrainingJobDefinition"]["StaticHyperParameters"]["epochs"] = "9"
        stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
        assert tuned(stack, asked["HyperParameterTuningJobName"])["HyperParameterTuningJobStatus"] == "Completed"

    def test_goes_on_after_a_kill_and_still_stops(self) -> None:
        own = Stack()
        try:
            limits = {"MaxNumberOfTrainingJobs": 7, "MaxParallelTrainingJobs": 2}
            members = {"Strategy": "Grid", "ParameterRanges": GOOD_AND_BAD, "TrainingJobEarlyStoppingType": "Auto"}
            name = tune(own, EPOCHS, **members, ResourceLimits=limits)
            until(lambda: len(trainings(own, name)) >= 4, "the first training jobs")
            os.kill(own.pid, signal.SIGKILL)
            own.up()
            assert tuned(own, name)["HyperParameterTuningJobStatus"] == "Completed"
            found = by_x(own, name)
            assert len(found) == len(trainings(own, name)) == 7
            assert found["9"]["TrainingJobStatus"] == "Stopped"
        finally:
            own.down()


class TestCompletion:
    def test_an_objective_that_is_reached_ends_it(self, stack: Stack) -> None:
        name = tune(
            stack,
            TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.6},
            ResourceLimits={"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 1},
        )
        job = tuned(stack, name)
        assert job["HyperParameterTuningJobStatus"] == "Completed"
        assert len(trainings(stack, name)) < 50
        assert job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] <= 0.6

    def test_the_jobs_that_still_run_are_stopped(self, stack: Stack) -> None:
        script = "import os, time\nif os.environ['SM_HP_X'] == '9': time.sleep(600)\nprint('loss=0;')\n"
        ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": ["9", "1"]}]}
        name = tune(
            stack,
            script,
            **{"Strategy": "Grid", "ParameterRanges": ranges, "ResourceLimits": {"MaxNumberOfTrainingJobs": 2}},
            TuningJobCompletionCriteria={"TargetObjectiveMetricValue": 0.5},
        )
        assert tuned(stack, name)["HyperParameterTuningJobStatus"] == "Completed"
        assert by_x(stack, name)["9"]["TrainingJobStatus"] == "Stopped"

    def test_jobs_without_a_better_one_end_it(self, stack: Stack) -> None:
        name = tune(
            stack,
            "print('loss=1;')\n",
            TuningJobCompletionCriteria={"BestObjectiveNotImproving": {"MaxNumberOfTrainingJobsNotImproving": 3}},
            ResourceLimits={"MaxNumberOfTrainingJobs": 50, "MaxParallelTrainingJobs": 1},
        )
        job = tuned(stack, name)
        assert job["HyperParameterTuningJobStatus"] == "Completed"
        assert len(trainings(stack, name)) == 4
        assert job["TuningJobCompletionDetails"]["NumberOfTrainingJobsObjectiveNotImproving"] == 3

    def test_says_how_long_it_took(self, stack: Stack) -> None:
        job = tuned(stack, tune(stack))
        took = job["HyperParameterTuningEndTime"] - job["CreationTime"]
        assert abs(job["ConsumedResources"]["RuntimeInSeconds"] - took.total_seconds()) <= 1

    def test_needs_an_end(self, stack: Stack) -> None:
        asked = request(stack)
        del asked["HyperParameterTuningJobConfig"]["ResourceLimits"]["MaxNumberOfTrainingJobs"]
        with pytest.raises(ClientError, match="MaxNumberOfTrainingJobs or MaxRuntimeInSeconds"):
            stack.sagemaker.create_hyper_parameter_tuning_job(**asked)


class TestSeveralDefinitions:
    def several(self, stack: Stack, **second: Any) -> dict[str, Any]:
        asked = request(stack)
        config = asked["HyperParameterTuningJobConfig"]
        one = asked.pop("TrainingJobDefinition")
        own = {"TuningObjective": config.pop("HyperParameterTuningJobObjective")}
        own["HyperParameterRanges"] = config.pop("ParameterRanges")
        asked["TrainingJobDefinitions"] = [
            {**one, **own, "DefinitionName": "low"},
            {**one, **own, "DefinitionName": "high", "HyperParameterRanges": continuous("0.9", "1"), **second},
        ]
        return asked

    def test_share_the_limits_and_name_the_best(self, stack: Stack) -> None:
        asked = self.several(stack)
        stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
        name = asked["HyperParameterTuningJobName"]
        job = tuned(stack, name)
        found = trainings(stack, name)
        assert sorted(each["TrainingJobDefinitionName"] for each in found) == ["high", "high", "low", "low"]
        high = [each for each in found if each["TrainingJobDefinitionName"] == "high"]
        assert all(float(each["TunedHyperParameters"]["x"]) >= 0.9 for each in high)
        assert job["BestTrainingJob"]["TrainingJobDefinitionName"] == "low"
        assert [each["DefinitionName"] for each in job["TrainingJobDefinitions"]] == ["low", "high"]

    @pytest.mark.parametrize(
        ("second", "named"),
        [
            ({"DefinitionName": "low"}, "same DefinitionName"),
            ({"TuningObjective": {"Type": "Maximize", "MetricName": "loss"}}, "all be maximized or all be minimized"),
            ({"TuningObjective": {"Type": "Minimize", "MetricName": "auc"}}, "none of the MetricDefinitions"),
        ],
    )
    def test_that_do_not_fit_are_refused(self, stack: Stack, second: dict[str, Any], named: str) -> None:
        with pytest.raises(ClientError, match=named):
            stack.sagemaker.create_hyper_parameter_tuning_job(**self.several(stack, **second))

    def test_beside_a_single_one_are_refused(self, stack: Stack) -> None:
        asked = self.several(stack)
        asked["TrainingJobDefinition"] = asked["TrainingJobDefinitions"][0]
        with pytest.raises(ClientError, match="either TrainingJobDefinition or TrainingJobDefinitions"):
            stack.sagemaker.create_hyper_parameter_tuning_job(**asked)


class TestWarmStarts:
    def start(self, stack: Stack, parent: str, kind: str = "TransferLearning", **members: Any) -> str:
        asked = request(stack, **members)
        parents = [{"HyperParameterTuningJobName": parent}]
        asked["WarmStartConfig"] = {"ParentHyperParameterTuningJobs": parents, "WarmStartType": kind}
        stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
        return asked["HyperParameterTuningJobName"]

    def test_begins_where_its_parent_ended(self, stack: Stack) -> None:
        values = [f"{number / 30:.3f}" for number in range(30)]
        ranges = {"CategoricalParameterRanges": [{"Name": "x", "Values": values}]}
        limits = {"MaxNumberOfTrainingJobs": 30, "MaxParallelTrainingJobs": 4}
        parent = tune(stack, Strategy="Grid", ParameterRanges=ranges, ResourceLimits=limits)
        tuned(stack, parent)
        child = self.start(stack, parent, Strategy="Bayesian", ResourceLimits={"MaxNumberOfTrainingJobs": 6})
        tuned(stack, child)
        near = [each for each in trainings(stack, child) if abs(float(each["TunedHyperParameters"]["x"]) - 0.3) < 0.2]
        assert len(near) >= 4

    def test_of_the_identical_has_an_overall_best(self, stack: Stack) -> None:
        parent = tune(stack, ParameterRanges=continuous("0.29", "0.31"))
        best = tuned(stack, parent)["BestTrainingJob"]
        child = self.start(stack, parent, "IdenticalDataAndAlgorithm", ParameterRanges=continuous("0.8", "0.9"))
        job = tuned(stack, child)
        assert job["BestTrainingJob"]["TrainingJobName"].startswith(child)
        assert job["OverallBestTrainingJob"]["TrainingJobName"] == best["TrainingJobName"]

    def test_needs_a_parent_that_is_there_and_over(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match="was not found"):
            self.start(stack, "there-is-none")
        running = tune(stack, "import time\ntime.sleep(600)\n")
        with pytest.raises(ClientError, match="needs parents that are over"):
            self.start(stack, running)
        stack.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=running)
        tuned(stack, running)

    def test_needs_a_parent_with_the_same_objective_and_hyperparameters(self, stack: Stack) -> None:
        parent = tune(stack)
        tuned(stack, parent)
        goal = {"Type": "Maximize", "MetricName": "loss"}
        with pytest.raises(ClientError, match="another objective"):
            self.start(stack, parent, HyperParameterTuningJobObjective=goal)
        more = {**X, "CategoricalParameterRanges": [{"Name": "kind", "Values": ["a"]}]}
        with pytest.raises(ClientError, match="hyperparameters, this one has"):
            self.start(stack, parent, ParameterRanges=more)


def test_training_jobs_have_the_tags_of_their_tuning_job(stack: Stack) -> None:
    asked = {**request(stack), "Tags": [{"Key": "team", "Value": "risk"}]}
    stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
    tuned(stack, asked["HyperParameterTuningJobName"])
    for each in trainings(stack, asked["HyperParameterTuningJobName"]):
        tags = stack.sagemaker.list_tags(ResourceArn=each["TrainingJobArn"])["Tags"]
        assert {"Key": "team", "Value": "risk"} in tags


def test_is_deleted_once_it_is_over(stack: Stack) -> None:
    name = tune(stack, "import time\ntime.sleep(600)\n")
    with pytest.raises(ClientError, match="stop it before"):
        stack.sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    stack.sagemaker.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    tuned(stack, name)
    stack.sagemaker.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
    with pytest.raises(ClientError, match="not found"):
        stack.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def test_refuses_autotune(stack: Stack) -> None:
    asked = {**request(stack, HyperParameterTuningJobName=fresh("auto")), "Autotune": {"Mode": "Enabled"}}
    with pytest.raises(ClientError, match="say what to search"):
        stack.sagemaker.create_hyper_parameter_tuning_job(**asked)
