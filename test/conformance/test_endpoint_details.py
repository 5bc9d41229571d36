"""What DescribeEndpoint tells of variants; serverless variants; endpoints' logs; what endpoint configs may ask for."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ReadTimeoutError

from stack import IMAGE, Stack, fresh, until
from test_endpoints import ask, config, endpoint, model, settled

IMPATIENT = Config(read_timeout=0.2, retries={"total_max_attempts": 1})
SERVERLESS = {"MemorySizeInMB": 2048, "MaxConcurrency": 2}
# Answers once there is a file beside the model.
WAITS = (
    "import os, time\n"
    "def model_fn(model_dir): return model_dir\n"
    "def transform_fn(model, body, content_type, accept):\n"
    "    print('asked', flush=True)\n"
    "    while not os.path.exists(model + '/go'): time.sleep(0.01)\n"
    "    return 'done', 'text/plain'\n"
)


def with_variant(stack: Stack, name: str, **members: Any) -> str:
    """An endpoint config with one variant."""
    made = fresh("config")
    stack.sagemaker.create_endpoint_config(
        EndpointConfigName=made, ProductionVariants=[{"VariantName": "a", "ModelName": name, **members}]
    )
    return made


def serverless(stack: Stack, name: str, **members: Any) -> str:
    """An endpoint with one serverless variant."""
    served = fresh("endpoint")
    made = with_variant(stack, name, ServerlessConfig={**SERVERLESS, **members})
    stack.sagemaker.create_endpoint(EndpointName=served, EndpointConfigName=made)
    assert settled(stack, served)["EndpointStatus"] == "InService"
    return served


class TestVariants:
    def test_images_weights_and_counts(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack))
        (variant,) = settled(stack, name)["ProductionVariants"]
        (image,) = variant.pop("DeployedImages")
        assert (image["SpecifiedImage"], image["ResolvedImage"]) == (IMAGE, IMAGE)
        assert variant == {
            **{"VariantName": "a", "CurrentWeight": 1, "DesiredWeight": 1},
            **{"CurrentInstanceCount": 1, "DesiredInstanceCount": 1},
        }

    def test_one_that_comes_up_is_being_created(self, stack: Stack) -> None:
        name = fresh("endpoint")
        slow = "import time\ndef model_fn(model_dir): time.sleep(600)\ndef transform_fn(*_): return '', ''\n"
        stack.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config(stack, model(stack, code=slow)))
        pending = until(
            lambda: stack.sagemaker.describe_endpoint(EndpointName=name)["PendingDeploymentSummary"].get(
                "ProductionVariants"
            ),
            "the variant",
        )
        assert [each["Status"] for each in pending[0]["VariantStatus"]] == ["Creating"]
        assert (pending[0]["CurrentInstanceCount"], pending[0]["DesiredInstanceCount"]) == (0, 1)
        assert stack.sagemaker.describe_endpoint(EndpointName=name)["EndpointStatus"] == "Creating"
        stack.sagemaker.delete_endpoint(EndpointName=name)

    def test_counts_change_with_an_update(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack))
        stack.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=name, DesiredWeightsAndCapacities=[{"VariantName": "a", "DesiredInstanceCount": 3}]
        )
        found = settled(stack, name)
        assert found["EndpointStatus"] == "InService"
        (variant,) = found["ProductionVariants"]
        assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (3, 3)

    def test_one_that_the_endpoint_does_not_have(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack))
        with pytest.raises(ClientError, match='no variant "z"'):
            stack.sagemaker.update_endpoint_weights_and_capacities(
                EndpointName=name, DesiredWeightsAndCapacities=[{"VariantName": "z", "DesiredWeight": 1}]
            )


class TestServerless:
    def test_is_described_and_answers(self, stack: Stack) -> None:
        name = serverless(stack, model(stack, "hello"), ProvisionedConcurrency=1)
        (variant,) = settled(stack, name)["ProductionVariants"]
        assert variant["CurrentServerlessConfig"] == {**SERVERLESS, "ProvisionedConcurrency": 1}
        assert "CurrentInstanceCount" not in variant
        assert ask(stack, name).startswith("hello")

    def test_answers_as_many_at_once_as_it_may(self, stack: Stack) -> None:
        name = serverless(stack, model(stack, code=WAITS))
        answers: list[str] = []
        threads = [threading.Thread(target=lambda: answers.append(ask(stack, name))) for _ in range(2)]
        for thread in threads:
            thread.start()
        (folder,) = (stack.home / "sagemaker/endpoints").glob(f"{name}-*")
        try:
            throttled = until(lambda: self.throttled(stack, name), "the limit")
            assert "Rate exceeded" in throttled
        finally:
            (folder / "ml/model/go").touch()
            for thread in threads:
                thread.join()
        assert ask(stack, name) == "done"

    def throttled(self, stack: Stack, name: str) -> str | None:
        """What a request is refused with, where it does not come to wait itself."""
        impatient = stack.client("sagemaker-runtime", config=IMPATIENT)
        try:
            impatient.invoke_endpoint(EndpointName=name, Body="x")
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ThrottlingException"
            return str(error)
        except ReadTimeoutError:
            return None
        return None

    def test_its_concurrency_is_changed_while_it_serves(self, stack: Stack) -> None:
        name = serverless(stack, model(stack))
        stack.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=name,
            DesiredWeightsAndCapacities=[{"VariantName": "a", "ServerlessUpdateConfig": {"MaxConcurrency": 7}}],
        )
        (variant,) = settled(stack, name)["ProductionVariants"]
        assert variant["CurrentServerlessConfig"] == {**SERVERLESS, "MaxConcurrency": 7}

    def test_has_no_deployment_guardrails(self, stack: Stack) -> None:
        name = serverless(stack, model(stack))
        used = settled(stack, name)["EndpointConfigName"]
        routing = {"Type": "ALL_AT_ONCE", "WaitIntervalInSeconds": 0}
        with pytest.raises(ClientError, match="do not apply to serverless"):
            stack.sagemaker.update_endpoint(
                EndpointName=name,
                EndpointConfigName=used,
                DeploymentConfig={"BlueGreenUpdatePolicy": {"TrafficRoutingConfiguration": routing}},
            )


class TestConfigs:
    def test_what_is_kept(self, stack: Stack) -> None:
        instance = {"InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
        times = {"ContainerStartupHealthCheckTimeoutInSeconds": 60, "ModelDataDownloadTimeoutInSeconds": 60}
        made = with_variant(stack, model(stack), **instance, **times, VolumeSizeInGB=5)
        (variant,) = stack.sagemaker.describe_endpoint_config(EndpointConfigName=made)["ProductionVariants"]
        assert {name: variant[name] for name in times} == times
        assert variant["VolumeSizeInGB"] == 5

    @pytest.mark.parametrize(
        ("members", "why"),
        [
            ({}, "needs InstanceType and InitialInstanceCount"),
            ({"InstanceType": "ml.m5.large", "ServerlessConfig": SERVERLESS}, "takes no InstanceType"),
            ({"ServerlessConfig": {**SERVERLESS, "MemorySizeInMB": 1500}}, "multiple of 1024"),
            ({"ServerlessConfig": {**SERVERLESS, "ProvisionedConcurrency": 3}}, "at most MaxConcurrency"),
        ],
    )
    def test_variants_that_are_refused(self, stack: Stack, members: dict[str, Any], why: str) -> None:
        with pytest.raises(ClientError, match=f"ValidationException.*{why}"):
            with_variant(stack, model(stack), **members)

    def test_what_is_not_there(self, stack: Stack) -> None:
        variant = {
            **{"VariantName": "a", "ModelName": model(stack)},
            **{"InstanceType": "ml.m5.large", "InitialInstanceCount": 1},
        }
        shap = {"ShapBaselineConfig": {"ShapBaseline": "1"}}
        for member, value in {
            "ShadowProductionVariants": [{**variant, "VariantName": "b"}],
            "AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://crossfold/out"}},
            "ExplainerConfig": {"ClarifyExplainerConfig": {"ShapConfig": shap}},
        }.items():
            with pytest.raises(ClientError, match=r"ValidationException.*not supported here"):
                stack.sagemaker.create_endpoint_config(
                    EndpointConfigName=fresh(), ProductionVariants=[variant], **{member: value}
                )


class TestLogs:
    def test_each_machine_has_a_stream_that_stays(self, stack: Stack) -> None:
        code = (
            "def model_fn(model_dir): return 1\n"
            "def transform_fn(model, body, content_type, accept):\n"
            "    print('was asked', body, flush=True)\n"
            "    return 'x', 'text/plain'\n"
        )
        name = endpoint(stack, model(stack, code=code))
        ask(stack, name, "for this")
        group = f"/aws/sagemaker/Endpoints/{name}"
        logs = stack.client("logs")
        assert group in [each["logGroupName"] for each in logs.describe_log_groups()["logGroups"]]
        (stream,) = logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="a/i-")["logStreams"]

        def lines() -> list[str]:
            found = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"], startFromHead=True)
            return [event["message"] for event in found["events"]]

        assert "was asked for this" in lines()
        stack.sagemaker.delete_endpoint(EndpointName=name)
        until(lambda: not stack.sagemaker.list_endpoints(NameContains=name)["Endpoints"], "its end")
        assert "was asked for this" in lines()

    def test_a_model_that_does_not_come_up_leaves_why(self, stack: Stack) -> None:
        name = fresh("endpoint")
        bad = config(stack, model(stack, code="raise RuntimeError('no weights')\n"))
        stack.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=bad)
        assert settled(stack, name)["EndpointStatus"] == "Failed"
        group = f"/aws/sagemaker/Endpoints/{name}"
        logs = stack.client("logs")
        (stream,) = logs.describe_log_streams(logGroupName=group)["logStreams"]
        events = logs.get_log_events(logGroupName=group, logStreamName=stream["logStreamName"])["events"]
        assert "RuntimeError: no weights" in " ".join(event["message"] for event in events)

    @pytest.mark.parametrize("name", ["there-is-none", "..", "../../jobs"])
    def test_groups_that_there_are_not(self, stack: Stack, name: str) -> None:
        with pytest.raises(ClientError, match=r"ResourceNotFoundException.*log group"):
            stack.client("logs").describe_log_streams(logGroupName=f"/aws/sagemaker/Endpoints/{name}")
