"""Built-in XGBoost: jobs without a script, their metrics and models, tuned and served."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pandas
import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, IMAGE, ROLE, Stack, fresh, until
from transforms import output

XGBOOST = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
ROWS = [(i % 2, i % 2, i % 5) for i in range(40)]
CSV = "".join(f"{label},{a},{b}\n" for label, a, b in ROWS)
LIBSVM = "".join(f"{label} 0:{a} 1:{b}\n" for label, a, b in ROWS)
DEFAULTS = {"num_round": "3", "objective": "binary:logistic", "eval_metric": "auc"}


def parquet() -> bytes:
    stream = io.BytesIO()
    pandas.DataFrame(ROWS, columns=["y", "a", "b"]).to_parquet(stream)
    return stream.getvalue()


def channel(stack: Stack, name: str, body: str | bytes = CSV, content_type: str | None = "text/csv") -> dict[str, Any]:
    uri = stack.put(f"data/{fresh()}/rows", body).rpartition("/")[0] + "/"
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}},
        **({} if content_type is None else {"ContentType": content_type}),
    }


def request(stack: Stack, *channels: dict[str, Any], image: str = XGBOOST, **values: str) -> dict[str, Any]:
    """The request of a job without a script; a training channel is there unless others are given."""
    asked = stack.training_request(HyperParameters={**DEFAULTS, **values})
    asked["AlgorithmSpecification"] = {"TrainingImage": image, "TrainingInputMode": "File"}
    asked["InputDataConfig"] = list(channels) or [channel(stack, "train")]
    return asked


def trained(stack: Stack, *channels: dict[str, Any], **values: str) -> dict[str, Any]:
    asked = request(stack, *channels, **values)
    stack.sagemaker.create_training_job(**asked)
    return stack.trained(asked["TrainingJobName"])


def completed(stack: Stack, *channels: dict[str, Any], **values: str) -> dict[str, Any]:
    job = trained(stack, *channels, **values)
    assert job["TrainingJobStatus"] == "Completed", job
    return job


def refused(stack: Stack, asked: dict[str, Any]) -> str:
    with pytest.raises(ClientError, match="ValidationException") as refusal:
        stack.sagemaker.create_training_job(**asked)
    return refusal.value.response["Error"]["Message"]


class TestTraining:
    def test_metrics_come_without_definitions(self, stack: Stack) -> None:
        job = completed(stack, channel(stack, "train"), channel(stack, "validation"), eval_metric="auc,logloss")
        values = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
        assert set(values) == {"train:auc", "train:logloss", "validation:auc", "validation:logloss"}
        assert values["validation:auc"] == 1.0
        assert 0 < values["train:logloss"] < 0.6

    def test_the_last_round_counts(self, stack: Stack) -> None:
        job = completed(stack, eval_metric="logloss", num_round="7")
        log = stack.log("training-job", job["TrainingJobName"])
        (last,) = [line for line in log.splitlines() if line.startswith("[6]")]
        (metric,) = job["FinalMetricDataList"]
        assert last == f"[6]#011train-logloss:{metric['Value']:.5f}"

    def test_describe_tells_the_algorithms_definitions(self, stack: Stack) -> None:
        job = completed(stack)
        definitions = {each["Name"]: each["Regex"] for each in job["AlgorithmSpecification"]["MetricDefinitions"]}
        assert definitions["validation:rmse"].startswith(".*\\[[0-9]+\\].*#011validation-rmse:(")

    @pytest.mark.parametrize(
        ("content_type", "body"),
        [
            ("text/csv", CSV),
            ("text/csv;label_size=1", CSV),
            ("csv", CSV),
            (None, LIBSVM),
            ("text/libsvm", LIBSVM),
            ("text/x-libsvm", LIBSVM),
            ("application/x-parquet", parquet()),
        ],
    )
    def test_kinds_of_content(self, stack: Stack, content_type: str | None, body: str | bytes) -> None:
        job = completed(stack, channel(stack, "train", body, content_type))
        assert "40 rows and 2 columns" in stack.log("training-job", job["TrainingJobName"])

    def test_the_model_is_in_the_archive_by_the_containers_name(self, stack: Stack) -> None:
        uri = completed(stack)["ModelArtifacts"]["S3ModelArtifacts"]
        with tarfile.open(fileobj=io.BytesIO(stack.get(uri))) as archive:
            assert [member.name for member in archive if member.isfile()] == ["./xgboost-model"]

    def test_the_older_repository_name(self, stack: Stack) -> None:
        asked = request(stack, image="811284229777.dkr.ecr.us-east-1.amazonaws.com/xgboost:1")
        stack.sagemaker.create_training_job(**asked)
        assert stack.trained(asked["TrainingJobName"])["TrainingJobStatus"] == "Completed"

    def test_a_script_in_the_same_image_runs_as_a_script(self, stack: Stack) -> None:
        asked = request(stack, **stack.scripts(main__py="print('mine')\n"))
        stack.sagemaker.create_training_job(**asked)
        stack.trained(asked["TrainingJobName"])
        assert stack.log("training-job", asked["TrainingJobName"]) == "mine\n"

    def test_spot_goes_on_from_the_last_round_that_was_kept(self, stack: Stack) -> None:
        prefix = f"checkpoints/{fresh()}"
        asked = request(stack, num_round="1000000") | {
            "EnableManagedSpotTraining": True,
            "StoppingCondition": {"MaxRuntimeInSeconds": 300, "MaxWaitTimeInSeconds": 300},
            "CheckpointConfig": {"S3Uri": f"s3://{BUCKET}/{prefix}"},
        }
        name = asked["TrainingJobName"]
        stack.sagemaker.create_training_job(**asked)
        until(lambda: stack.keys(prefix), "a checkpoint in S3")
        stack.control("interrupt", TrainingJobName=name)
        until(lambda: "Resuming from iteration" in stack.log("training-job", name), "the second attempt")
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        assert stack.trained(name)["TrainingJobStatus"] == "Stopped"


class TestFaults:
    @pytest.mark.parametrize(
        ("values", "words"),
        [
            ({"eta": "2"}, "Hyperparameter eta: 2.0 is not in [0, 1]"),
            ({"colour": "red"}, "Extraneous hyperparameter found: colour"),
            ({"max_depth": "2.5"}, "Hyperparameter max_depth: could not parse value"),
            ({"objective": "multi:softmax"}, "Require input for parameter 'num_class'"),
        ],
    )
    def test_hyperparameters_are_refused_by_the_algorithm(
        self, stack: Stack, values: dict[str, str], words: str
    ) -> None:
        job = trained(stack, **values)
        assert job["TrainingJobStatus"] == "Failed"
        assert job["FailureReason"].startswith("AlgorithmError: framework error:")
        assert words in job["FailureReason"]

    def test_a_hyperparameter_that_is_missing(self, stack: Stack) -> None:
        asked = request(stack)
        asked["HyperParameters"] = {"eta": "0.1"}
        stack.sagemaker.create_training_job(**asked)
        assert "Missing required hyperparameter: num_round" in stack.trained(asked["TrainingJobName"])["FailureReason"]

    def test_channels_that_are_missing_or_too_many(self, stack: Stack) -> None:
        job = trained(stack, channel(stack, "validation"))
        assert "Missing required channel: train" in job["FailureReason"]
        job = trained(stack, channel(stack, "train"), channel(stack, "test"))
        assert "Extraneous channel found: test" in job["FailureReason"]

    def test_metric_definitions_cannot_be_given(self, stack: Stack) -> None:
        asked = request(stack)
        asked["AlgorithmSpecification"]["MetricDefinitions"] = [{"Name": "auc", "Regex": "auc:(.*)"}]
        assert "You can't override the metric definitions for Amazon SageMaker algorithms" in refused(stack, asked)

    @pytest.mark.parametrize(
        ("name", "value"),
        [("_kfold", "5"), ("use_dask_gpu_training", "true"), ("tree_method", "gpu_hist")],
    )
    def test_what_the_algorithm_cannot_do_here(self, stack: Stack, name: str, value: str) -> None:
        assert f"has no {name}" in refused(stack, request(stack, **{name: value}))

    def test_recordio_is_refused_before_anything_runs(self, stack: Stack) -> None:
        train = channel(stack, "train", content_type="application/x-recordio-protobuf")
        assert "What it reads: text/csv, text/libsvm, application/x-parquet" in refused(stack, request(stack, train))

    def test_an_image_without_an_algorithm_needs_a_script(self, stack: Stack) -> None:
        asked = request(stack, image=IMAGE)
        stack.sagemaker.create_training_job(**asked)
        assert "sagemaker_program" in stack.trained(asked["TrainingJobName"])["FailureReason"]


class TestTuning:
    def asked(self, stack: Stack, metric: str) -> dict[str, Any]:
        definition = request(stack, channel(stack, "train"), channel(stack, "validation"))
        del definition["TrainingJobName"]
        definition["StaticHyperParameters"] = definition.pop("HyperParameters")
        return {
            "HyperParameterTuningJobName": fresh("tune"),
            "HyperParameterTuningJobConfig": {
                "Strategy": "Random",
                "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": metric},
                "ResourceLimits": {"MaxNumberOfTrainingJobs": 3, "MaxParallelTrainingJobs": 2},
                "ParameterRanges": {
                    "ContinuousParameterRanges": [{"Name": "eta", "MinValue": "0.1", "MaxValue": "0.5"}],
                    "IntegerParameterRanges": [{"Name": "max_depth", "MinValue": "1", "MaxValue": "4"}],
                },
            },
            "TrainingJobDefinition": definition,
        }

    def test_an_objective_of_the_algorithms_own(self, stack: Stack) -> None:
        asked = self.asked(stack, "validation:logloss")
        name = asked["HyperParameterTuningJobName"]
        stack.sagemaker.create_hyper_parameter_tuning_job(**asked)

        def over() -> dict[str, Any] | None:
            job = stack.sagemaker.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
            return job if job["HyperParameterTuningJobStatus"] == "Completed" else None

        job = until(over, "the end of the tuning job")
        assert job["ObjectiveStatusCounters"] == {"Succeeded": 3, "Pending": 0, "Failed": 0}
        best = job["BestTrainingJob"]["FinalHyperParameterTuningJobObjectiveMetric"]
        assert best["MetricName"] == "validation:logloss"

    def test_an_objective_that_the_algorithm_does_not_have(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match='objective metric "validation:luck"'):
            stack.sagemaker.create_hyper_parameter_tuning_job(**self.asked(stack, "validation:luck"))


class TestServing:
    @pytest.fixture(scope="class")
    @classmethod
    def endpoint(cls, stack: Stack) -> str:
        """An endpoint that serves a model as its job left it."""
        name = fresh("xgboost")
        uri = completed(stack, eval_metric="logloss")["ModelArtifacts"]["S3ModelArtifacts"]
        container = {"Image": XGBOOST, "ModelDataUrl": uri}
        stack.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
        variant = {"VariantName": "a", "ModelName": name, "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        stack.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        stack.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)

        def serves() -> bool:
            status = stack.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"]
            assert status != "Failed"
            return status == "InService"

        until(serves, "the endpoint")
        return name

    def asked(self, stack: Stack, endpoint: str, body: str, **members: str) -> tuple[str, str]:
        answer = stack.runtime.invoke_endpoint(
            **{"EndpointName": endpoint, "Body": body, "ContentType": "text/csv", **members}
        )
        return answer["Body"].read().decode(), answer["ContentType"]

    def test_csv_in_and_csv_out(self, stack: Stack, endpoint: str) -> None:
        text, kind = self.asked(stack, endpoint, "0,1\n1,2")
        low, high = (float(line) for line in text.splitlines())
        assert kind == "text/csv"
        assert low < 0.5 < high

    def test_libsvm_in_gives_the_same(self, stack: Stack, endpoint: str) -> None:
        text, _ = self.asked(stack, endpoint, "0:0 1:1\n0:1 1:2", ContentType="text/libsvm")
        assert text == self.asked(stack, endpoint, "0,1\n1,2")[0]

    def test_a_batch_is_joined_with_its_predictions(self, stack: Stack, endpoint: str) -> None:
        processing = {"InputFilter": "$[1:]", "JoinSource": "Input"}
        text = output(stack, {"rows.csv": "low,0,1\nhigh,1,2\n"}, ModelName=endpoint, DataProcessing=processing)
        predicted = self.asked(stack, endpoint, "0,1\n1,2")[0].splitlines()
        assert text == f"low,0,1,{predicted[0]}\nhigh,1,2,{predicted[1]}\n"

    def test_json_out(self, stack: Stack, endpoint: str) -> None:
        text, kind = self.asked(stack, endpoint, "0,1", Accept="application/json")
        assert kind == "application/json"
        assert text.startswith('{"predictions": [{"score": ')

    def test_what_the_model_refuses_comes_with_its_status(self, stack: Stack, endpoint: str) -> None:
        with pytest.raises(ClientError, match="ModelError") as refusal:
            self.asked(stack, endpoint, "x,y")
        assert refusal.value.response["OriginalStatusCode"] == 415
        assert "ensure data is in csv format" in refusal.value.response["OriginalMessage"]
