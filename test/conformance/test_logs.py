"""CloudWatch Logs, STS, IAM and Search, as far as SageMaker's clients ask them."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, Stack, fresh, until

GROUP = "/aws/sagemaker/TrainingJobs"


@pytest.fixture
def logged(stack: Stack) -> str:
    """A job that has written ten lines."""
    name = stack.train("for line in range(10):\n    print('line', line)\n")
    stack.trained(name)
    return name


def stream_of(stack: Stack, name: str) -> str:
    found = stack.client("logs").describe_log_streams(logGroupName=GROUP, logStreamNamePrefix=name)
    (stream,) = found["logStreams"]
    return stream["logStreamName"]


def events(stack: Stack, name: str, **members: Any) -> dict[str, Any]:
    return stack.client("logs").get_log_events(logGroupName=GROUP, logStreamName=stream_of(stack, name), **members)


class TestLogs:
    def test_a_job_has_one_stream(self, stack: Stack, logged: str) -> None:
        assert stream_of(stack, logged).startswith(f"{logged}/algo-1-")

    def test_all_lines_from_the_head(self, stack: Stack, logged: str) -> None:
        found = events(stack, logged, startFromHead=True)["events"]
        assert [event["message"] for event in found] == [f"line {line}" for line in range(10)]

    def test_the_last_lines_without_a_start(self, stack: Stack, logged: str) -> None:
        assert [event["message"] for event in events(stack, logged, limit=2)["events"]] == ["line 8", "line 9"]

    def test_a_token_goes_on_where_the_page_ended(self, stack: Stack, logged: str) -> None:
        seen, token = [], None
        while True:
            page = events(stack, logged, startFromHead=True, limit=4, **({"nextToken": token} if token else {}))
            if page["nextForwardToken"] == token:
                break
            seen += [event["message"] for event in page["events"]]
            token = page["nextForwardToken"]
        assert seen == [f"line {line}" for line in range(10)]

    def test_a_log_grows_while_the_job_runs(self, stack: Stack) -> None:
        name = stack.train("import time\nprint('first', flush=True)\ntime.sleep(600)\n")
        until(lambda: (stack.home / f"sagemaker/jobs/training-job/{name}/log.txt").exists(), "the log")
        until(lambda: events(stack, name, startFromHead=True)["events"], "the first line")
        stack.sagemaker.stop_training_job(TrainingJobName=name)
        stack.trained(name)

    def test_unknown_groups_and_streams(self, stack: Stack) -> None:
        logs = stack.client("logs")
        with pytest.raises(ClientError, match=r"ResourceNotFoundException.*log group"):
            logs.describe_log_streams(logGroupName="/aws/sagemaker/Nothing")
        with pytest.raises(ClientError, match=r"ResourceNotFoundException.*log stream"):
            logs.get_log_events(logGroupName=GROUP, logStreamName="../../etc/passwd")

    def test_groups_are_listed(self, stack: Stack) -> None:
        names = [group["logGroupName"] for group in stack.client("logs").describe_log_groups()["logGroups"]]
        assert GROUP in names


class TestIdentity:
    def test_the_caller_is_known(self, stack: Stack) -> None:
        assert stack.client("sts").get_caller_identity()["Account"] == "000000000000"

    def test_nothing_else_of_sts(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match="InvalidAction"):
            stack.client("sts").get_session_token()

    def test_iam_is_denied(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match="AccessDenied"):
            stack.client("iam").get_role(RoleName="crossfold")


class TestSearch:
    def found(self, stack: Stack, *filters: dict[str, str], **members: Any) -> list[str]:
        results = stack.sagemaker.search(
            Resource="TrainingJob", SearchExpression={"Filters": list(filters)}, **members
        )["Results"]
        return [each["TrainingJob"]["TrainingJobName"] for each in results]

    @pytest.mark.parametrize(
        ("name", "operator", "value"),
        [
            ("TrainingJobName", "Equals", "{name}"),
            ("TrainingJobName", "Contains", "{name}"),
            ("TrainingJobName", "In", "x,{name}"),
            ("Tags.team", "Equals", "{name}"),
            ("HyperParameters.depth", "GreaterThan", "2"),
            ("HyperParameters.depth", "LessThanOrEqualTo", "3"),
            ("FailureReason", "NotExists", ""),
        ],
    )
    def test_by_a_member(self, stack: Stack, name: str, operator: str, value: str) -> None:
        job = fresh("searched")
        stack.train(TrainingJobName=job, HyperParameters={"depth": "3"}, Tags=[{"Key": "team", "Value": job}])
        stack.trained(job)
        own = {"Name": "TrainingJobName", "Operator": "Equals", "Value": job}
        asked = {"Name": name, "Operator": operator, "Value": value.format(name=job)}
        assert self.found(stack, own, asked if value else {"Name": name, "Operator": operator}) == [job]

    def test_all_filters_have_to_hold(self, stack: Stack, logged: str) -> None:
        own = {"Name": "TrainingJobName", "Operator": "Equals", "Value": logged}
        failed = {"Name": "TrainingJobStatus", "Operator": "Equals", "Value": "Failed"}
        assert self.found(stack, own, failed) == []

    def test_what_cannot_be_searched(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match=r"ValidationException.*What can: ModelPackage"):
            stack.sagemaker.search(Resource="Pipeline")

    def test_versions_of_a_model(self, stack: Stack) -> None:
        group = fresh("group")
        stack.sagemaker.create_model_package_group(ModelPackageGroupName=group)
        container = {"Image": "local/crossfold-jobs:1", "ModelDataUrl": f"s3://{BUCKET}/m.tar.gz"}
        spec = {
            "Containers": [container],
            "SupportedContentTypes": ["text/csv"],
            "SupportedResponseMIMETypes": ["text/csv"],
        }
        stack.sagemaker.create_model_package(ModelPackageGroupName=group, InferenceSpecification=spec)
        filters = [{"Name": "ModelPackageGroupName", "Operator": "Equals", "Value": group}]
        found = stack.sagemaker.search(Resource="ModelPackage", SearchExpression={"Filters": filters})["Results"]
        assert [each["ModelPackage"]["ModelPackageVersion"] for each in found] == [1]
