"""Transform jobs: input, requests to the model, output, the end, the lists."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, IMAGE, ROLE, Stack, fresh, until
from transforms import SHOUTS, asked, model, output, refused, request, transform, transformed


@pytest.fixture(scope="module")
def shouts(stack: Stack) -> str:
    return model(stack)


class TestInput:
    def test_each_file_has_its_output_under_its_own_path(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a.csv": "a\nb\n", "deep/b.csv": "c"}, ModelName=shouts)
        job = transformed(stack, name)
        assert job["TransformJobStatus"] == "Completed"
        assert job["CreationTime"] <= job["TransformStartTime"] <= job["TransformEndTime"]
        assert stack.keys(f"out/{name}/") == [f"out/{name}/a.csv.out", f"out/{name}/deep/b.csv.out"]
        assert stack.get(f"s3://{BUCKET}/out/{name}/a.csv.out") == b"A\nB\n"

    def test_an_object_that_is_named_whole(self, stack: Stack, shouts: str) -> None:
        uri = stack.put(f"named/{fresh()}/x.csv", "x")
        source = {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": uri}}
        name = transform(stack, {}, ModelName=shouts, Input={"DataSource": source})
        transformed(stack, name)
        assert stack.keys(f"out/{name}/") == [f"out/{name}/x.csv.out"]

    def test_a_manifest(self, stack: Stack, shouts: str) -> None:
        prefix = f"s3://{BUCKET}/listed/{fresh()}/"
        for path in ("a.csv", "b.csv", "c/d.csv"):
            stack.put(f"{prefix.removeprefix(f's3://{BUCKET}/')}{path}", path)
        listed = stack.put(f"manifests/{fresh()}", json.dumps([{"prefix": prefix}, "a.csv", "c/d.csv"]))
        source = {"S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": listed}}
        name = transform(stack, {}, ModelName=shouts, Input={"DataSource": source})
        assert transformed(stack, name)["TransformJobStatus"] == "Completed"
        assert stack.keys(f"out/{name}/") == [f"out/{name}/a.csv.out", f"out/{name}/c/d.csv.out"]

    def test_a_prefix_with_nothing_below_it_fails_the_job(self, stack: Stack, shouts: str) -> None:
        job = transformed(stack, transform(stack, {}, ModelName=shouts))
        assert job["TransformJobStatus"] == "Failed"
        assert job["FailureReason"].startswith("ClientError: Data download failed: No S3 objects found")

    def test_files_that_are_compressed(self, stack: Stack, shouts: str) -> None:
        zipped = {"a.csv.gz": gzip.compress(b"a\nb")}
        assert output(stack, zipped, ModelName=shouts, Input={"CompressionType": "Gzip"}) == "A\nB\n"

    def test_a_file_that_is_not_compressed_though_it_should_be(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a.csv": "a"}, ModelName=shouts, Input={"CompressionType": "Gzip"})
        assert transformed(stack, name)["FailureReason"] == "ClientError: See job logs for more information"
        assert "not compressed as CompressionType says" in stack.log("transform-job", name)

    def test_an_empty_file_has_an_empty_output(self, stack: Stack, shouts: str) -> None:
        assert output(stack, {"a.csv": ""}, ModelName=shouts) == ""


class TestRequests:
    def test_types_reach_the_model(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a": "x"}, ModelName=shouts, Input={"ContentType": "text/x"}, Output={"Accept": "a/b"})
        transformed(stack, name)
        assert asked(stack, name) == ["asked text/x a/b 'x'"]

    def test_as_many_records_as_fit_are_sent_at_once(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a": "1\n2\n\n3\r\n"}, ModelName=shouts, BatchStrategy="MultiRecord")
        transformed(stack, name)
        assert asked(stack, name) == ["asked text/csv text/csv '1\\n2\\n3'"]

    def test_records_are_sent_one_by_one(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a": "a\nb\n"}, ModelName=shouts, BatchStrategy="SingleRecord")
        transformed(stack, name)
        assert asked(stack, name) == ["asked text/csv text/csv 'a'", "asked text/csv text/csv 'b'"]
        assert stack.get(f"s3://{BUCKET}/out/{name}/a.out") == b"A\nB\n"

    def test_a_file_that_is_not_split_is_one_request(self, stack: Stack, shouts: str) -> None:
        name = transform(
            stack, {"a": "a\n\nb\n"}, ModelName=shouts, Input={"SplitType": "None"}, Output={"AssembleWith": "None"}
        )
        transformed(stack, name)
        assert asked(stack, name) == ["asked text/csv text/csv 'a\\n\\nb\\n'"]
        assert stack.get(f"s3://{BUCKET}/out/{name}/a.out") == b"A\n\nB\n"

    def test_answers_are_joined_as_they_are(self, stack: Stack, shouts: str) -> None:
        text = output(
            stack, {"a": "a\nb"}, ModelName=shouts, BatchStrategy="SingleRecord", Output={"AssembleWith": "None"}
        )
        assert text == "AB"

    def test_no_request_is_larger_than_the_payload(self, stack: Stack, shouts: str) -> None:
        lines = "".join(f"{index:06}{'x' * 393}\n" for index in range(6000))
        name = transform(stack, {"a": lines}, ModelName=shouts, MaxPayloadInMB=1, MaxConcurrentTransforms=3)
        assert transformed(stack, name)["TransformJobStatus"] == "Completed"
        sizes = [len(line) for line in asked(stack, name)]
        assert len(sizes) == 3
        assert max(sizes) < 1.01 * 1024**2 + 6000
        assert stack.get(f"s3://{BUCKET}/out/{name}/a.out") == lines.upper().encode()

    def test_more_than_an_endpoint_takes_may_be_sent(self, stack: Stack, shouts: str) -> None:
        whole = "a" * 7 * 1024**2
        text = output(stack, {"a": whole}, ModelName=shouts, MaxPayloadInMB=8, Input={"SplitType": "None"})
        assert text == whole.upper() + "\n"

    def test_a_record_that_is_too_large_fails_the_job(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a": "x" * 1024**2 + "x"}, ModelName=shouts, MaxPayloadInMB=1)
        assert transformed(stack, name)["FailureReason"] == "ClientError: See job logs for more information"
        assert "MaxPayloadInMB" in stack.log("transform-job", name)

    def test_the_order_is_that_of_the_records_whatever_runs_at_once(self, stack: Stack) -> None:
        slow = (
            "import time\ndef model_fn(model_dir):\n    return None\n"
            "def transform_fn(model, body, content_type, accept):\n"
            "    time.sleep(0.05 if int(body) % 3 == 0 else 0)\n    return body, accept\n"
        )
        files = {"a": "\n".join(map(str, range(20))), "b": "\n".join(map(str, range(20, 40)))}
        strategy = {"BatchStrategy": "SingleRecord", "MaxConcurrentTransforms": 4}
        name = transform(stack, files, ModelName=model(stack, slow), **strategy)
        assert transformed(stack, name)["TransformJobStatus"] == "Completed"
        for path, text in files.items():
            assert stack.get(f"s3://{BUCKET}/out/{name}/{path}.out").decode() == text + "\n"

    def test_the_container_knows_that_it_is_a_batch(self, stack: Stack) -> None:
        shows = (
            "import os\ndef model_fn(model_dir):\n    return None\n"
            "def transform_fn(model, body, content_type, accept):\n"
            "    names = ['A', 'B', *sorted(n for n in os.environ if n.startswith(('SAGEMAKER_B', 'SAGEMAKER_M')))]\n"
            "    return ' '.join(f'{n}={os.environ[n]}' for n in names), accept\n"
        )
        text = output(stack, {"a": "x"}, ModelName=model(stack, shows, A="model", B="model"), Environment={"B": "job"})
        assert text.split() == [
            "A=model",
            "B=job",
            "SAGEMAKER_BATCH=true",
            "SAGEMAKER_BATCH_STRATEGY=MULTI_RECORD",
            "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS=1",
            "SAGEMAKER_MAX_PAYLOAD_IN_MB=6",
        ]


class TestFailure:
    @pytest.mark.parametrize(
        ("word", "reason", "status", "times"), [("refuse", "ClientError", 400, 1), ("break", "AlgorithmError", 500, 3)]
    )
    def test_a_model_error_fails_the_job_and_leaves_the_other_files(
        self, stack: Stack, shouts: str, word: str, reason: str, status: int, times: int
    ) -> None:
        files = {"a": "a", "b": f"1\n{word}\n2", "c": "c"}
        retries = {"InvocationsMaxRetries": 2, "InvocationsTimeoutInSeconds": 60}
        name = transform(stack, files, ModelName=shouts, BatchStrategy="SingleRecord", ModelClientConfig=retries)
        job = transformed(stack, name)
        assert job["TransformJobStatus"] == "Failed"
        assert job["FailureReason"] == f"{reason}: See job logs for more information"
        assert stack.keys(f"out/{name}/") == [f"out/{name}/a.out", f"out/{name}/c.out"]
        log = stack.log("transform-job", name)
        assert f"{BUCKET}/in/{name}/b: Bad HTTP status received from algorithm: {status}" in log
        assert sum(word in line for line in asked(stack, name)) == times

    def test_a_model_that_takes_too_long(self, stack: Stack) -> None:
        slow = SHOUTS.replace("    print(", "    import time; time.sleep(600)\n    print(")
        limits = {"InvocationsTimeoutInSeconds": 1, "InvocationsMaxRetries": 0}
        name = transform(stack, {"a": "x"}, ModelName=model(stack, slow), ModelClientConfig=limits)
        assert transformed(stack, name)["FailureReason"] == "AlgorithmError: See job logs for more information"
        assert "does not answer: timed out" in stack.log("transform-job", name)

    def test_a_model_that_ends_under_a_request(self, stack: Stack) -> None:
        dies = SHOUTS.replace("    print(", "    import os; os._exit(3)\n    print(")
        name = transform(stack, {"a": "x", "b": "x"}, ModelName=model(stack, dies))
        assert transformed(stack, name)["FailureReason"] == "AlgorithmError: See job logs for more information"
        assert "the model's server has ended" in stack.log("transform-job", name)

    def test_a_model_that_cannot_be_loaded_says_why(self, stack: Stack) -> None:
        name = transform(stack, {"a": "x"}, ModelName=model(stack, "x = 1\n"))
        reason = transformed(stack, name)["FailureReason"]
        assert reason.startswith("AlgorithmError: the model cannot be loaded: inference.py has no model_fn")

    def test_a_model_whose_data_is_not_there(self, stack: Stack) -> None:
        name, uri = fresh("model"), f"s3://{BUCKET}/none/{fresh()}/model.tar.gz"
        container = {"Image": IMAGE, "ModelDataUrl": uri}
        stack.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
        job = transformed(stack, transform(stack, {"a": "x"}, ModelName=name))
        assert job["FailureReason"] == f"ClientError: Data download failed: Could not find model data at {uri}."


class TestTheWayOfAJob:
    def test_describe_gives_back_what_was_asked_with_aws_defaults(self, stack: Stack, shouts: str) -> None:
        asked_for = request(stack, {"a": "x"}, ModelName=shouts, Tags=[{"Key": "k", "Value": "v"}])
        arn = stack.sagemaker.create_transform_job(**asked_for)["TransformJobArn"]
        job = transformed(stack, asked_for["TransformJobName"])
        assert job["TransformJobArn"] == arn
        assert job["TransformInput"] == {**asked_for["TransformInput"], "CompressionType": "None"}
        assert job["DataProcessing"] == {"InputFilter": "$", "OutputFilter": "$", "JoinSource": "None"}
        assert stack.sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "k", "Value": "v"}]

    def test_a_model_may_be_deleted_under_its_job(self, stack: Stack) -> None:
        name = model(stack)
        job = transform(stack, {"a": "x"}, ModelName=name)
        stack.sagemaker.delete_model(ModelName=name)
        assert transformed(stack, job)["TransformJobStatus"] == "Completed"

    def test_a_job_is_stopped_and_keeps_nothing(self, stack: Stack) -> None:
        slow = SHOUTS.replace("    print(", "    import time; time.sleep(600 if 'slow' in text else 0)\n    print(")
        name = transform(stack, {"a": "x", "b": "slow"}, ModelName=model(stack, slow))
        log = stack.home / "sagemaker/jobs/transform-job" / name / "log.txt"
        until(lambda: log.exists() and asked(stack, name), "the first request")
        stack.sagemaker.stop_transform_job(TransformJobName=name)
        job = transformed(stack, name)
        assert job["TransformJobStatus"] == "Stopped"
        assert job["TransformEndTime"] >= job["TransformStartTime"]
        assert stack.keys(f"out/{name}/") == []
        with pytest.raises(ClientError, match="is in status Stopped"):
            stack.sagemaker.stop_transform_job(TransformJobName=name)

    def test_the_log_is_in_the_group_of_transform_jobs(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a": "x"}, ModelName=shouts)
        transformed(stack, name)
        logs, group = stack.client("logs"), "/aws/sagemaker/TransformJobs"
        (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix=f"{name}/")["logStreams"]
        found = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        assert "asked text/csv text/csv 'x'" in [event["message"] for event in found]

    def test_lists_filter_sort_and_page(self, stack: Stack, shouts: str) -> None:
        prefix = fresh("listed")
        names = [transform(stack, {"a": "x"}, TransformJobName=f"{prefix}-{x}", ModelName=shouts) for x in "bca"]
        for name in names:
            transformed(stack, name)

        def listed(**filters: Any) -> list[str]:
            pages = stack.sagemaker.get_paginator("list_transform_jobs").paginate(NameContains=prefix, **filters)
            return [job["TransformJobName"] for page in pages for job in page["TransformJobSummaries"]]

        assert listed() == names[::-1]
        assert listed(SortBy="Name", SortOrder="Ascending", PaginationConfig={"PageSize": 1}) == sorted(names)
        assert listed(StatusEquals="Stopped") == []


class TestRefusals:
    def test_a_name_that_is_taken(self, stack: Stack, shouts: str) -> None:
        name = transform(stack, {"a": "x"}, ModelName=shouts)
        with pytest.raises(ClientError, match=r"ResourceInUse.*Transform job names must be unique"):
            transform(stack, {}, TransformJobName=name, ModelName=shouts)

    def test_an_unknown_job_is_not_found(self, stack: Stack) -> None:
        for call in (stack.sagemaker.describe_transform_job, stack.sagemaker.stop_transform_job):
            with pytest.raises(ClientError, match=r"ValidationException.*Requested resource not found\."):
                call(TransformJobName="there-is-none")

    def test_an_unknown_model(self, stack: Stack) -> None:
        assert 'Could not find model "there-is-none"' in refused(stack, ModelName="there-is-none")

    @pytest.mark.parametrize(
        ("members", "words"),
        [
            ({"Input": {"SplitType": "RecordIO"}}, "split by Line"),
            ({"Input": {"SplitType": "TFRecord"}}, "split by Line"),
            ({"TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 2}}, "one machine is here"),
            ({"MaxPayloadInMB": 0}, "requests in chunks"),
            ({"MaxPayloadInMB": 101}, "must not be greater than 100"),
            ({"MaxPayloadInMB": 51, "MaxConcurrentTransforms": 2}, "must not be greater than 100"),
            ({"DataCaptureConfig": {"DestinationS3Uri": "s3://x/y"}}, "not captured here"),
            (
                {
                    "Input": {
                        "DataSource": {"S3DataSource": {"S3DataType": "AugmentedManifestFile", "S3Uri": "s3://x/y"}}
                    }
                },
                "S3Prefix and ManifestFile",
            ),
        ],
    )
    def test_what_cannot_run_here(self, stack: Stack, shouts: str, members: dict[str, Any], words: str) -> None:
        assert words in refused(stack, ModelName=shouts, **members)


class TestWeather:
    def test_capacity_and_quotas(self, stack: Stack, shouts: str) -> None:
        asked_for = request(stack, {"a": "x"}, ModelName=shouts)
        try:
            stack.control("weather", limits={"ml.m5.large": 0})
            with pytest.raises(ClientError, match=r"ResourceLimitExceeded.*ml\.m5\.large for transform job usage"):
                stack.sagemaker.create_transform_job(**asked_for)
            stack.control("weather", capacity={"ml.m5.large": 1})
            stack.sagemaker.create_transform_job(**asked_for)
            job = transformed(stack, asked_for["TransformJobName"])
        finally:
            stack.control("weather")
        assert job["FailureReason"].startswith("CapacityError: Unable to provision")
