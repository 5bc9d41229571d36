"""Deployments that move traffic step by step, watch alarms, and go back."""

from __future__ import annotations

import collections
import json
import os
import signal
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import Stack, fresh, until
from test_endpoints import ask, config, endpoint, model, settled

# Loads, and fails whatever it is asked.
BROKEN = (
    "def model_fn(model_dir): return None\n"
    "def transform_fn(model, body, content_type, accept): raise RuntimeError('broken')\n"
)
# Waits longer than any test does.
LONG_S = 3000
HALF = {"Type": "CAPACITY_PERCENT", "Value": 50}


def canary(value: int = 50, wait: int = LONG_S, bake: int = 0, *alarms: str) -> dict[str, Any]:
    size = {"Type": "CAPACITY_PERCENT", "Value": value}
    return blue_green({"Type": "CANARY", "CanarySize": size, "WaitIntervalInSeconds": wait}, bake, *alarms)


def blue_green(routing: dict[str, Any], bake: int, *alarms: str) -> dict[str, Any]:
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": bake}
    return {"BlueGreenUpdatePolicy": policy, **watched(*alarms)}


def watched(*alarms: str) -> dict[str, Any]:
    return {"AutoRollbackConfiguration": {"Alarms": [{"AlarmName": name} for name in alarms]}} if alarms else {}


def alarm(stack: Stack, **members: Any) -> str:
    """An alarm that is quiet unless something is put into its metric."""
    name = fresh("alarm")
    rule = {
        **{"Namespace": name, "MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 1},
        **{"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold", "TreatMissingData": "notBreaching"},
    }
    stack.client("cloudwatch").put_metric_alarm(AlarmName=name, **{**rule, **members})
    return name


def errors_of(name: str, wanted: str) -> dict[str, Any]:
    """The metric of a variant's errors, as one config has it."""
    values = {"EndpointName": name, "VariantName": "a", "EndpointConfigName": wanted}
    dimensions = [{"Name": key, "Value": value} for key, value in values.items()]
    return {"Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Dimensions": dimensions}


def ring(stack: Stack, name: str) -> None:
    stack.client("cloudwatch").set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="the test says so")


def update(stack: Stack, name: str, wanted: str, deployment: dict[str, Any], **members: Any) -> None:
    stack.sagemaker.update_endpoint(
        EndpointName=name, EndpointConfigName=wanted, DeploymentConfig=deployment, **members
    )


def described(stack: Stack, name: str) -> dict[str, Any]:
    return stack.sagemaker.describe_endpoint(EndpointName=name)


def reaches(stack: Stack, name: str, status: str) -> dict[str, Any]:
    """The endpoint once the variant that is being deployed has the status."""

    def look() -> dict[str, Any] | None:
        found = described(stack, name)
        assert found["EndpointStatus"] == "Updating", found
        variants = found["PendingDeploymentSummary"].get("ProductionVariants", [])
        statuses = [each["Status"] for variant in variants for each in variant["VariantStatus"]]
        return found if statuses == [status] else None

    return until(look, f"{name} {status}")


def words(stack: Stack, name: str, count: int) -> collections.Counter[str]:
    """Who answers how often."""
    return collections.Counter(ask(stack, name).split()[0] for _ in range(count))


@pytest.fixture
def old(stack: Stack) -> str:
    """An endpoint that answers "old"."""
    return endpoint(stack, model(stack, "old"))


class TestShifting:
    def test_a_canary_has_its_share(self, stack: Stack, old: str) -> None:
        before = described(stack, old)["EndpointConfigName"]
        wanted = config(stack, model(stack, "new"))
        update(stack, old, wanted, canary(20))
        found = reaches(stack, old, "ActivatingTraffic")
        # Of 400 with p = 0.2: 80, and outside of 40 to 125 less than once in a million.
        seen = words(stack, old, 400)
        assert 40 <= seen["new"] <= 125
        assert seen["old"] == 400 - seen["new"]
        assert found["EndpointConfigName"] == before
        assert found["LastDeploymentConfig"]["BlueGreenUpdatePolicy"]["TrafficRoutingConfiguration"]["Type"] == "CANARY"
        pending = found["PendingDeploymentSummary"]
        assert pending["EndpointConfigName"] == wanted
        (variant,) = pending["ProductionVariants"]
        assert (variant["VariantName"], variant["CurrentInstanceCount"]) == ("a", 1)
        stack.sagemaker.delete_endpoint(EndpointName=old)

    @pytest.mark.parametrize(
        "deployment",
        [
            pytest.param(canary(30, 1, 1), id="canary"),
            pytest.param(
                blue_green({"Type": "LINEAR", "LinearStepSize": HALF, "WaitIntervalInSeconds": 1}, 1), id="linear"
            ),
            pytest.param(blue_green({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}, 1), id="at once"),
            pytest.param({"RollingUpdatePolicy": {"MaximumBatchSize": HALF, "WaitIntervalInSeconds": 1}}, id="rolling"),
        ],
    )
    def test_no_request_is_lost_until_all_of_it_is_new(
        self, stack: Stack, old: str, deployment: dict[str, Any]
    ) -> None:
        over, failures, seen = threading.Event(), [], set()

        def keep_asking() -> None:
            runtime = stack.client("sagemaker-runtime")
            while not over.is_set():
                try:
                    seen.add(runtime.invoke_endpoint(EndpointName=old, Body="x")["Body"].read().split()[0])
                except Exception as error:
                    failures.append(repr(error))

        threads = [threading.Thread(target=keep_asking) for _ in range(2)]
        for thread in threads:
            thread.start()
        try:
            wanted = config(stack, model(stack, "new"))
            update(stack, old, wanted, deployment)
            found = settled(stack, old)
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert (failures, seen) == ([], {b"old", b"new"})
        assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", wanted)
        assert "PendingDeploymentSummary" not in found
        assert "FailureReason" not in found
        assert set(words(stack, old, 10)) == {"new"}

    def test_a_canary_of_instances(self, stack: Stack) -> None:
        def of_four(word: str) -> str:
            name = fresh("config")
            variant = {"VariantName": "a", "ModelName": model(stack, word), "InstanceType": "ml.m5.large"}
            stack.sagemaker.create_endpoint_config(
                EndpointConfigName=name, ProductionVariants=[{**variant, "InitialInstanceCount": 4}]
            )
            return name

        name = fresh("endpoint")
        stack.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=of_four("old"))
        settled(stack, name)
        size = {"Type": "INSTANCE_COUNT", "Value": 1}
        update(
            *(stack, name, of_four("new")),
            blue_green({"Type": "CANARY", "CanarySize": size, "WaitIntervalInSeconds": LONG_S}, 0),
        )
        reaches(stack, name, "ActivatingTraffic")
        # Of 200 with p = 0.25: 50, and outside of 18 to 85 less than once in a million.
        assert 18 <= words(stack, name, 200)["new"] <= 85
        stack.sagemaker.delete_endpoint(EndpointName=name)

    def test_an_update_takes_no_other_beside_it(self, stack: Stack, old: str) -> None:
        wanted = config(stack, model(stack, "new"))
        update(stack, old, wanted, canary())
        with pytest.raises(ClientError, match="Cannot update in-progress endpoint"):
            update(stack, old, wanted, canary())
        stack.sagemaker.delete_endpoint(EndpointName=old)

    def test_deleting_ends_it(self, stack: Stack, old: str) -> None:
        update(stack, old, config(stack, model(stack, "new")), canary())
        reaches(stack, old, "ActivatingTraffic")
        folders = list((stack.home / "sagemaker/endpoints").glob(f"{old}-*"))
        assert len(folders) == 2
        stack.sagemaker.delete_endpoint(EndpointName=old)
        until(lambda: not any(folder.exists() for folder in folders), "the end of both servers")
        until(lambda: old not in str(stack.sagemaker.list_endpoints(NameContains=old)["Endpoints"]), "its end")


class TestRollback:
    def rolled_back(self, stack: Stack, name: str) -> dict[str, Any]:
        found = settled(stack, name)
        assert found["EndpointStatus"] == "InService"
        assert "PendingDeploymentSummary" not in found
        assert set(words(stack, name, 20)) == {"old"}
        return found

    def test_a_version_that_fails_is_taken_back(self, stack: Stack, old: str) -> None:
        before = described(stack, old)["EndpointConfigName"]
        wanted = config(stack, model(stack, code=BROKEN))
        rings = alarm(stack, **errors_of(old, wanted))
        update(stack, old, wanted, canary(50, LONG_S, 0, rings))
        statuses = []

        def back() -> bool:
            try:
                assert ask(stack, old).startswith("old")
            except ClientError as error:
                assert "broken" in str(error)
            statuses.append(described(stack, old)["EndpointStatus"])
            return statuses[-1] == "InService"

        until(back, "the rollback")
        found = self.rolled_back(stack, old)
        assert found["EndpointConfigName"] == before
        assert f"in ALARM state: [{rings}]" in found["FailureReason"]
        (shown,) = stack.client("cloudwatch").describe_alarms(AlarmNames=[rings])["MetricAlarms"]
        assert "Threshold Crossed" in shown["StateReason"]

    @pytest.mark.parametrize(
        "deployment",
        [
            pytest.param(lambda rings: canary(10, LONG_S, 0, rings), id="canary"),
            pytest.param(
                lambda rings: {
                    "RollingUpdatePolicy": {"MaximumBatchSize": HALF, "WaitIntervalInSeconds": LONG_S},
                    **watched(rings),
                },
                id="rolling",
            ),
        ],
    )
    def test_an_alarm_during_a_step(self, stack: Stack, old: str, deployment: Any) -> None:
        rings = alarm(stack)
        update(stack, old, config(stack, model(stack, "new")), deployment(rings))
        reaches(stack, old, "ActivatingTraffic")
        ring(stack, rings)
        assert rings in self.rolled_back(stack, old)["FailureReason"]

    def test_an_alarm_during_the_bake(self, stack: Stack, old: str) -> None:
        rings = alarm(stack)
        routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        update(stack, old, config(stack, model(stack, "new")), blue_green(routing, LONG_S, rings))
        reaches(stack, old, "Baking")
        assert set(words(stack, old, 10)) == {"new"}
        ring(stack, rings)
        assert rings in self.rolled_back(stack, old)["FailureReason"]

    def test_an_alarm_that_is_there_from_the_start(self, stack: Stack, old: str) -> None:
        rings = alarm(stack)
        ring(stack, rings)
        update(stack, old, config(stack, model(stack, "new")), canary(50, LONG_S, 0, rings))
        assert rings in self.rolled_back(stack, old)["FailureReason"]

    def test_an_alarm_that_there_is_none_of(self, stack: Stack, old: str) -> None:
        update(stack, old, config(stack, model(stack, "new")), canary(50, LONG_S, 0, "there-is-none"))
        assert "Could not find the CloudWatch alarms" in self.rolled_back(stack, old)["FailureReason"]

    def test_an_update_after_it_clears_the_reason(self, stack: Stack, old: str) -> None:
        update(stack, old, config(stack, model(stack, "new")), canary(50, LONG_S, 0, "there-is-none"))
        self.rolled_back(stack, old)
        wanted = config(stack, model(stack, "newer"))
        stack.sagemaker.update_endpoint(EndpointName=old, EndpointConfigName=wanted)
        found = settled(stack, old)
        assert found["EndpointConfigName"] == wanted
        assert "FailureReason" not in found


class TestRetained:
    def test_weights_and_counts(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack, "one"), model(stack, "two"))
        stack.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=name,
            DesiredWeightsAndCapacities=[{"VariantName": "a", "DesiredWeight": 0.25, "DesiredInstanceCount": 3}],
        )
        settled(stack, name)
        wanted = config(stack, model(stack, "three"), model(stack, "four"))
        stack.sagemaker.update_endpoint(
            EndpointName=name,
            EndpointConfigName=wanted,
            RetainAllVariantProperties=True,
            ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredInstanceCount"}],
        )
        first = settled(stack, name)["ProductionVariants"][0]
        assert (first["CurrentWeight"], first["CurrentInstanceCount"]) == (0.25, 1)

    def test_the_deployment_config(self, stack: Stack, old: str) -> None:
        first = config(stack, model(stack, "new"))
        update(stack, old, first, canary(10, 0, 0))
        kept = settled(stack, old)["LastDeploymentConfig"]
        stack.sagemaker.update_endpoint(EndpointName=old, EndpointConfigName=first, RetainDeploymentConfig=True)
        assert settled(stack, old)["LastDeploymentConfig"] == kept
        stack.sagemaker.update_endpoint(EndpointName=old, EndpointConfigName=first)
        assert "LastDeploymentConfig" not in settled(stack, old)


class TestRefusals:
    @pytest.mark.parametrize(
        ("deployment", "why"),
        [
            (canary(60), "at most 50%"),
            ({**canary(), "AutoRollbackConfiguration": {"Alarms": [{}]}}, "Alarms.0.AlarmName"),
            (blue_green({"Type": "CANARY", "WaitIntervalInSeconds": 0}, 0), "needs CanarySize"),
            (
                blue_green({"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0, "CanarySize": HALF}, 0),
                "takes no CanarySize",
            ),
            (
                blue_green(
                    {
                        **{"Type": "LINEAR", "WaitIntervalInSeconds": 0},
                        "LinearStepSize": {"Type": "CAPACITY_PERCENT", "Value": 5},
                    },
                    0,
                ),
                "10% to 50%",
            ),
            (
                blue_green(
                    {
                        **{"Type": "CANARY", "WaitIntervalInSeconds": 0},
                        "CanarySize": {"Type": "INSTANCE_COUNT", "Value": 1},
                    },
                    0,
                ),
                "is 100% of 1",
            ),
            (
                {
                    **canary(),
                    "RollingUpdatePolicy": {"MaximumBatchSize": HALF, "WaitIntervalInSeconds": 0},
                },
                "either blue/green or rolling",
            ),
            (
                {
                    "RollingUpdatePolicy": {
                        **{"MaximumBatchSize": HALF, "WaitIntervalInSeconds": 400},
                        "MaximumExecutionTimeoutInSeconds": 600,
                    }
                },
                "longer than all waits",
            ),
        ],
    )
    def test_deployment_configs(self, stack: Stack, old: str, deployment: dict[str, Any], why: str) -> None:
        used = described(stack, old)["EndpointConfigName"]
        with pytest.raises(ClientError, match=f"ValidationException.*{why}"):
            update(stack, old, used, deployment)
        assert described(stack, old)["EndpointStatus"] == "InService"

    def test_what_goes_only_together_or_only_alone(self, stack: Stack, old: str) -> None:
        used = described(stack, old)["EndpointConfigName"]
        with pytest.raises(ClientError, match="not both"):
            update(stack, old, used, canary(), RetainDeploymentConfig=True)
        with pytest.raises(ClientError, match="needs RetainAllVariantProperties"):
            stack.sagemaker.update_endpoint(
                EndpointName=old,
                EndpointConfigName=used,
                ExcludeRetainedVariantProperties=[{"VariantPropertyType": "DesiredWeight"}],
            )


class TestKills:
    def restarted(self, stack: Stack) -> None:
        os.kill(stack.pid, signal.SIGKILL)
        stack.up()

    def servers(self, stack: Stack, name: str) -> dict[str, int]:
        """The processes of an endpoint's servers by their folders."""
        files = (stack.home / "sagemaker/endpoints").glob(f"{name}-*/pid.json")
        return {file.parent.name: int(json.loads(file.read_text())["pid"]) for file in files}

    def test_a_canary_goes_on_and_still_goes_back(self, own: Stack) -> None:
        name = endpoint(own, model(own, "old"))
        rings = alarm(own)
        update(own, name, config(own, model(own, "new")), canary(50, LONG_S, 0, rings))
        reaches(own, name, "ActivatingTraffic")
        before = self.servers(own, name)
        self.restarted(own)
        reaches(own, name, "ActivatingTraffic")
        assert set(words(own, name, 40)) == {"old", "new"}
        assert self.servers(own, name) == before
        ring(own, rings)
        assert rings in settled(own, name)["FailureReason"]
        assert set(words(own, name, 20)) == {"old"}

    def test_servers_that_died_meanwhile_are_replaced(self, own: Stack) -> None:
        name = endpoint(own, model(own, "old"))
        wanted = config(own, model(own, "new"))
        update(own, name, wanted, canary(50, 1, 0))
        reaches(own, name, "ActivatingTraffic")
        pids = self.servers(own, name).values()
        os.kill(own.pid, signal.SIGKILL)
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        own.up()
        found = settled(own, name)
        assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", wanted)
        assert set(words(own, name, 10)) == {"new"}
        until(lambda: len(self.servers(own, name)) == 1, "the end of the old server")

    def test_a_fleet_that_was_coming_up_comes_up(self, own: Stack) -> None:
        name = endpoint(own, model(own, "old"))
        slow = (
            "import os, time\n"
            "def model_fn(model_dir):\n"
            "    while not os.path.exists(model_dir + '/go'): time.sleep(0.02)\n"
            "    return 'new'\n"
            "def transform_fn(model, body, content_type, accept): return 'new', 'text/plain'\n"
        )
        wanted = config(own, model(own, code=slow))
        update(own, name, wanted, canary(50, 0, 0))
        until(lambda: len(self.servers(own, name)) == 2, "the start of the new server")
        self.restarted(own)

        def let_go() -> bool:
            for folder in (own.home / "sagemaker/endpoints").glob(f"{name}-*/ml/model"):
                (folder / "go").touch()
            return described(own, name)["EndpointStatus"] == "InService"

        until(let_go, "the update")
        assert described(own, name)["EndpointConfigName"] == wanted
        until(lambda: len(self.servers(own, name)) == 1, "the end of the old server")

    def test_alarms_and_metrics_are_still_there(self, own: Stack) -> None:
        name = endpoint(own, model(own, "old"))
        rings = alarm(own)
        ask(own, name)
        watch = own.client("cloudwatch")
        dimensions = [{"Name": "EndpointName", "Value": name}, {"Name": "VariantName", "Value": "a"}]
        # Written once it was looked at.
        until(lambda: watch.list_metrics(Dimensions=dimensions)["Metrics"], "the metrics")
        self.restarted(own)
        (found,) = watch.describe_alarms(AlarmNames=[rings])["MetricAlarms"]
        assert found["MetricName"] == "m"
        metrics = {each["MetricName"] for each in watch.list_metrics(Dimensions=dimensions)["Metrics"]}
        assert metrics == {
            *("Invocations", "Invocation4XXErrors", "Invocation5XXErrors", "InvocationModelErrors"),
            *("ModelLatency", "OverheadLatency"),
        }


def test_invocations_are_measured(stack: Stack, old: str) -> None:
    for body in ("x", "break", "refuse", "refuse"):
        try:
            ask(stack, old, body)
        except ClientError as error:
            assert "ModelError" in str(error)
    dimensions = [{"Name": "EndpointName", "Value": old}, {"Name": "VariantName", "Value": "a"}]

    def total(metric: str, statistic: str) -> float:
        points = stack.client("cloudwatch").get_metric_statistics(
            **{"Namespace": "AWS/SageMaker", "MetricName": metric, "Dimensions": dimensions, "Period": 3600},
            **{"StartTime": time.time() - 3600, "EndTime": time.time() + 60, "Statistics": [statistic]},
        )["Datapoints"]
        return sum(point[statistic] for point in points)

    assert total("Invocations", "Sum") == 4
    assert total("Invocation5XXErrors", "Sum") == 1
    assert total("Invocation4XXErrors", "Sum") == 2
    assert total("InvocationModelErrors", "Sum") == 3
    assert total("ModelLatency", "SampleCount") == 4
    assert total("OverheadLatency", "SampleCount") == 4
