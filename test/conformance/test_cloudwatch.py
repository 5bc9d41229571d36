"""CloudWatch's metrics and alarms, as far as deployments need them."""

from __future__ import annotations

import datetime
import json
import time
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from stack import Stack, fresh, until


@pytest.fixture(scope="module")
def watch(stack: Stack) -> Any:
    return stack.client("cloudwatch")


def minute(ago: int) -> datetime.datetime:
    """The middle of a minute that is over."""
    start = int(time.time() // 60 * 60) - 60 * ago
    return datetime.datetime.fromtimestamp(start + 30, tz=datetime.timezone.utc)


def put(watch: Any, space: str, *values: float | None, **members: Any) -> None:
    """A value for each of the last minutes, oldest first; none where it is None."""
    data = [
        {"MetricName": "m", "Timestamp": minute(len(values) - index), "Value": value, **members}
        for index, value in enumerate(values)
        if value is not None
    ]
    watch.put_metric_data(Namespace=space, MetricData=data)


def alarm(watch: Any, space: str, **members: Any) -> str:
    name = fresh("alarm")
    rule = {
        **{"Namespace": space, "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1},
        **{"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "missing"},
    }
    watch.put_metric_alarm(AlarmName=name, **{**rule, **members})
    return name


def shown(watch: Any, name: str) -> dict[str, Any]:
    (found,) = watch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    return found


def comes_to(watch: Any, name: str, state: str) -> dict[str, Any]:
    return until(
        lambda: (
            (found := shown(watch, name))["StateValue"] == state and "Unchecked" not in found["StateReason"] and found
        ),
        f"{name} in {state}",
    )


class TestMetrics:
    def test_statistics_of_a_period(self, watch: Any) -> None:
        space = fresh("space")
        when = minute(2)
        data = {"MetricName": "m", "Timestamp": when, "Values": [1, 2, 9], "Counts": [2, 1, 1], "Unit": "Seconds"}
        watch.put_metric_data(Namespace=space, MetricData=[data])
        (point,) = watch.get_metric_statistics(
            **{"Namespace": space, "MetricName": "m", "Period": 60, "ExtendedStatistics": ["p50", "p99.9"]},
            **{"StartTime": minute(10), "EndTime": minute(0), "Unit": "Seconds"},
            Statistics=["SampleCount", "Sum", "Average", "Minimum", "Maximum"],
        )["Datapoints"]
        assert point.pop("Timestamp") == when.replace(second=0)
        assert point == {
            **{"SampleCount": 4, "Sum": 13, "Average": 3.25, "Minimum": 1, "Maximum": 9, "Unit": "Seconds"},
            "ExtendedStatistics": {"p50": 1, "p99.9": 9},
        }

    def test_a_statistic_set_keeps_its_numbers(self, watch: Any) -> None:
        space = fresh("space")
        numbers = {"SampleCount": 5.0, "Sum": 20.0, "Minimum": 1.0, "Maximum": 7.0}
        data = {"MetricName": "m", "Timestamp": minute(2), "StatisticValues": numbers}
        watch.put_metric_data(Namespace=space, MetricData=[data])
        (point,) = watch.get_metric_statistics(
            **{"Namespace": space, "MetricName": "m", "Period": 300, "Statistics": list(numbers)},
            **{"StartTime": minute(20), "EndTime": minute(0)},
        )["Datapoints"]
        assert {name: point[name] for name in numbers} == numbers

    def test_dimensions_make_metrics(self, watch: Any) -> None:
        space = fresh("space")
        for value in ("one", "two"):
            put(watch, space, 1, Dimensions=[{"Name": "Of", "Value": value}])
        found = watch.list_metrics(Namespace=space)["Metrics"]
        assert [each["Dimensions"][0]["Value"] for each in found] == ["one", "two"]
        only = watch.list_metrics(Namespace=space, Dimensions=[{"Name": "Of", "Value": "two"}])["Metrics"]
        assert len(only) == 1
        stat = {"Metric": only[0], "Period": 60, "Stat": "Sum"}
        (result,) = watch.get_metric_data(
            MetricDataQueries=[{"Id": "q", "MetricStat": stat}], StartTime=minute(10), EndTime=minute(0)
        )["MetricDataResults"]
        assert (result["Values"], result["Timestamps"]) == ([1], [minute(1).replace(second=0)])

    def test_a_large_request_comes_compressed(self, watch: Any) -> None:
        space = fresh("space")
        data = [{"MetricName": "m", "Timestamp": minute(1), "Value": 1, "Unit": "Count"} for _ in range(500)]
        watch.put_metric_data(Namespace=space, MetricData=data)
        (point,) = watch.get_metric_statistics(
            **{"Namespace": space, "MetricName": "m", "Period": 60, "Statistics": ["Sum"]},
            **{"StartTime": minute(10), "EndTime": minute(0)},
        )["Datapoints"]
        assert point["Sum"] == 500

    def test_older_clients_speak_json(self, stack: Stack, watch: Any) -> None:
        name = alarm(watch, fresh("space"))

        def ask(operation: str, **body: Any) -> tuple[int, dict[str, Any]]:
            headers = {"X-Amz-Target": f"GraniteServiceVersion20100801.{operation}"}
            request = AWSRequest("POST", stack.url, data=json.dumps(body), headers=headers)
            keys = (stack.variables["AWS_ACCESS_KEY_ID"], stack.variables["AWS_SECRET_ACCESS_KEY"])
            SigV4Auth(Credentials(*keys), "monitoring", stack.variables["AWS_REGION"]).add_auth(request)
            answer = URLLib3Session().send(request.prepare())
            return answer.status_code, json.loads(answer.content)

        status, found = ask("DescribeAlarms", AlarmNames=[name])
        assert (status, found["MetricAlarms"][0]["AlarmName"]) == (200, name)
        status, found = ask("SetAlarmState", AlarmName="there-is-none", StateValue="OK", StateReason="x")
        assert (status, found["__type"]) == (404, "ResourceNotFound")

    def test_what_it_cannot_do_is_refused(self, watch: Any) -> None:
        with pytest.raises(ClientError, match=r"UnknownOperationException.*PutMetricAlarm"):
            watch.list_dashboards()
        with pytest.raises(ClientError, match=r"ValidationError.*Metrics.*not supported"):
            watch.put_metric_alarm(
                AlarmName=fresh(), EvaluationPeriods=1, ComparisonOperator="LessThanThreshold", Threshold=1, Metrics=[]
            )
        with pytest.raises(ClientError, match=r"InvalidParameterValue.*exactly one"):
            watch.put_metric_data(Namespace="n", MetricData=[{"MetricName": "m"}])
        with pytest.raises(ClientError, match=r"InvalidParameterValue.*AWS itself"):
            put(watch, "AWS/SageMaker", 1)
        with pytest.raises(ClientError, match=r"ValidationError.*Period.*multiple of 60"):
            alarm(watch, "n", Period=7)
        with pytest.raises(ClientError, match="exactly one of Statistic"):
            alarm(watch, "n", ExtendedStatistic="p99")


class TestAlarms:
    @pytest.mark.parametrize(
        ("values", "members", "state"),
        [
            ((0, 0, 1), {}, "ALARM"),
            ((1, 1, 0), {}, "OK"),
            # Two of three have to breach.
            ((1, 0, 1), {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, "ALARM"),
            ((1, 0, 0), {"EvaluationPeriods": 3, "DatapointsToAlarm": 2}, "OK"),
            ((9, 1), {"ComparisonOperator": "LessThanThreshold", "Threshold": 2}, "ALARM"),
            ((9, 1), {"ComparisonOperator": "LessThanOrEqualToThreshold", "Threshold": 0}, "OK"),
            ((9, 1), {"ComparisonOperator": "GreaterThanThreshold"}, "OK"),
            ((1, 9), {"Statistic": None, "ExtendedStatistic": "p90", "Threshold": 9}, "ALARM"),
            # Missing datapoints count for nothing, for bad or for good.
            ((), {"TreatMissingData": "breaching"}, "ALARM"),
            ((), {"TreatMissingData": "notBreaching"}, "OK"),
            ((1, None, None), {"EvaluationPeriods": 3}, "ALARM"),
            ((1, None, None), {"EvaluationPeriods": 3, "TreatMissingData": "notBreaching"}, "OK"),
            ((1, None, None), {"EvaluationPeriods": 3, "TreatMissingData": "breaching"}, "ALARM"),
            # Older datapoints stand in for missing ones.
            ((1, 1, None, 1), {"EvaluationPeriods": 3, "TreatMissingData": "notBreaching"}, "ALARM"),
        ],
    )
    def test_goes_by_the_periods_that_are_over(
        self, watch: Any, values: tuple[float | None, ...], members: dict[str, Any], state: str
    ) -> None:
        space = fresh("space")
        name = fresh("alarm")
        rule = {
            **{"Namespace": space, "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1},
            **{"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"},
        }
        # An hour's periods, so that none ends meanwhile.
        hour = 3600
        newest = int(time.time()) // hour * hour - hour // 2
        for index, value in enumerate(values):
            if value is not None:
                moment = newest - hour * (len(values) - 1 - index)
                data = {"MetricName": "m", "Timestamp": moment, "Value": value}
                watch.put_metric_data(Namespace=space, MetricData=[data])
        wanted = {name: value for name, value in {**rule, **members, "Period": hour}.items() if value is not None}
        watch.put_metric_alarm(AlarmName=name, **wanted)
        found = comes_to(watch, name, state)
        assert found["StateReason"].startswith("Threshold Crossed: ")

    def test_goes_off_before_the_period_ends_where_nothing_can_change_it(self, watch: Any) -> None:
        space = fresh("space")
        name = alarm(watch, space, Period=3600)
        watch.put_metric_data(Namespace=space, MetricData=[{"MetricName": "m", "Value": 2}])
        found = comes_to(watch, name, "ALARM")
        assert "1 out of the last 1 datapoints [2.0 (" in found["StateReason"]
        assert "greater than or equal to the threshold (1.0)" in found["StateReason"]
        assert json.loads(found["StateReasonData"])["recentDatapoints"] == [2]

    def test_is_told_its_state(self, watch: Any) -> None:
        name = alarm(watch, fresh("space"), TreatMissingData="notBreaching")
        comes_to(watch, name, "OK")
        watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="tried out")
        found = shown(watch, name)
        assert (found["StateValue"], found["StateReason"]) == ("ALARM", "tried out")

    def test_returns_to_the_state_of_its_metric(self, watch: Any) -> None:
        name = alarm(watch, fresh("space"), TreatMissingData="notBreaching", Period=10)
        watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="tried out")
        comes_to(watch, name, "OK")

    def test_one_that_there_is_none_of(self, watch: Any) -> None:
        with pytest.raises(watch.exceptions.ResourceNotFound):
            watch.set_alarm_state(AlarmName="there-is-none", StateValue="OK", StateReason="x")

    def test_are_found_and_deleted(self, watch: Any) -> None:
        space = fresh("space")
        names = sorted(alarm(watch, space) for _ in range(3))
        watch.set_alarm_state(AlarmName=names[1], StateValue="ALARM", StateReason="x")
        prefix = names[0].rpartition("-")[0]
        found = watch.describe_alarms(AlarmNamePrefix=prefix, StateValue="ALARM", MaxRecords=100)["MetricAlarms"]
        assert names[1] in [each["AlarmName"] for each in found]
        pages = watch.get_paginator("describe_alarms").paginate(AlarmNames=names, PaginationConfig={"PageSize": 2})
        assert [each["AlarmName"] for page in pages for each in page["MetricAlarms"]] == names
        watch.delete_alarms(AlarmNames=names)
        assert watch.describe_alarms(AlarmNames=names)["MetricAlarms"] == []

    def test_a_new_definition_keeps_the_state(self, watch: Any) -> None:
        space = fresh("space")
        name = alarm(watch, space)
        watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="x")
        watch.put_metric_alarm(
            **{"AlarmName": name, "Namespace": space, "MetricName": "other", "Statistic": "Sum", "Period": 60},
            **{"EvaluationPeriods": 2, "Threshold": 5, "ComparisonOperator": "LessThanThreshold"},
        )
        found = shown(watch, name)
        assert (found["StateValue"], found["MetricName"], found["EvaluationPeriods"]) == ("ALARM", "other", 2)
