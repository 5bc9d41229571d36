"""AWS's own clients, with their default arguments."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from stack import Stack

HERE = Path(__file__).parent
Client = Callable[..., str]


def test_the_sdk_fits_tunes_deploys_processes_and_registers(client: Client) -> None:
    assert '{"ok": true}' in client("sdk-v2", "python", str(HERE / "sdk_v2.py"))


def test_the_sdks_third_version_trains(client: Client) -> None:
    assert '{"ok": true}' in client("sdk-v3", "python", str(HERE / "sdk_v3.py"))


def test_the_command_line_sees_jobs_logs_and_who_asks(stack: Stack, client: Client) -> None:
    name = stack.train("print('hello from the job')")
    stack.trained(name)

    def aws(*words: str) -> dict[str, object]:
        return json.loads(client("aws-cli", "aws", *words, "--output", "json"))

    assert aws("sagemaker", "describe-training-job", "--training-job-name", name)["TrainingJobStatus"] == "Completed"
    assert aws("sts", "get-caller-identity")["Account"] == "000000000000"
    group = ["--log-group-name", "/aws/sagemaker/TrainingJobs"]
    streams = aws("logs", "describe-log-streams", *group, "--log-stream-name-prefix", name)["logStreams"]
    assert isinstance(streams, list)
    events = aws("logs", "get-log-events", *group, "--log-stream-name", streams[0]["logStreamName"])["events"]
    assert isinstance(events, list)
    assert [event["message"] for event in events] == ["hello from the job"]
    found = aws("sagemaker", "search", "--resource", "TrainingJob", "--search-expression", _named(name))["Results"]
    assert isinstance(found, list)
    assert len(found) == 1


def test_the_command_line_sees_metrics_and_alarms(client: Client) -> None:
    def aws(*words: str) -> str:
        return client("aws-cli", "aws", "cloudwatch", *words, "--output", "json")

    rule = ["--statistic", "Sum", "--period", "60", "--evaluation-periods", "1", "--threshold", "1"]
    metric = ["--namespace", "foreign", "--metric-name", "m"]
    comparison = ["--comparison-operator", "GreaterThanOrEqualToThreshold"]
    aws("put-metric-alarm", "--alarm-name", "foreign", *metric, *rule, *comparison)
    aws("put-metric-data", *metric, "--value", "2")
    (metric_seen,) = json.loads(aws("list-metrics", "--namespace", "foreign"))["Metrics"]
    assert metric_seen["MetricName"] == "m"
    aws("set-alarm-state", "--alarm-name", "foreign", "--state-value", "ALARM", "--state-reason", "seen")
    (alarm,) = json.loads(aws("describe-alarms", "--alarm-names", "foreign"))["MetricAlarms"]
    assert alarm["StateValue"] == "ALARM"


def _named(name: str) -> str:
    return json.dumps({"Filters": [{"Name": "TrainingJobName", "Operator": "Equals", "Value": name}]})
