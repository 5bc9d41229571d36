"""Data capture: what is kept of requests to an endpoint, where, and through what."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, Stack, fresh, until
from transforms import model

# Answers what it is asked, in the type that is accepted.
ECHOES = (
    "def model_fn(model_dir):\n    return None\n"
    "def transform_fn(model, body, content_type, accept):\n"
    "    if body == 'refuse': raise ValueError('refused')\n"
    "    return body, accept\n"
)
BOTH = [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}]


class Captured:
    """An endpoint, and what it captures."""

    def __init__(self, stack: Stack, **capture: Any) -> None:
        self.stack = stack
        self.name, self.prefix = fresh("captured"), f"captures/{fresh()}"
        asked = {
            **{"EnableCapture": True, "InitialSamplingPercentage": 100, "CaptureOptions": BOTH},
            "DestinationS3Uri": f"s3://{BUCKET}/{self.prefix}",
            "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]},
        }
        config = self.config({**asked, **capture})
        stack.sagemaker.create_endpoint(EndpointName=self.name, EndpointConfigName=config)
        self.settle()

    def config(self, capture: dict[str, Any]) -> str:
        variant = {"VariantName": "main", "ModelName": model(self.stack, ECHOES), "InstanceType": "ml.m5.large"}
        name = fresh("config")
        self.stack.sagemaker.create_endpoint_config(
            EndpointConfigName=name,
            ProductionVariants=[{**variant, "InitialInstanceCount": 1}],
            DataCaptureConfig=capture,
        )
        return name

    def describe(self) -> dict[str, Any]:
        return self.stack.sagemaker.describe_endpoint(EndpointName=self.name)

    def settle(self) -> None:
        until(lambda: self.describe()["EndpointStatus"] == "InService", f"endpoint {self.name} in service")

    def ask(self, body: str | bytes, kind: str = "text/csv", **members: Any) -> str:
        types = {"ContentType": kind, "Accept": kind}
        answer = self.stack.runtime.invoke_endpoint(EndpointName=self.name, Body=body, **types, **members)
        return answer["Body"].read().decode("latin1")

    def objects(self) -> list[str]:
        return self.stack.keys(f"{self.prefix}/")

    def kept(self) -> list[dict[str, Any]]:
        """What of the captured events is in S3."""
        texts = [self.stack.get(f"s3://{BUCKET}/{key}").decode() for key in self.objects()]
        return [json.loads(line) for text in texts for line in text.splitlines()]

    def events(self, count: int) -> list[dict[str, Any]]:
        """What was captured, once there is so much of it."""

        def look() -> list[dict[str, Any]] | None:
            found = self.kept()
            return found if len(found) >= count else None

        return until(look, f"{count} captured events")


@pytest.fixture(scope="module")
def captured(stack: Stack) -> Captured:
    """An endpoint with three requests behind it: one of CSV, one of JSON, one of bytes."""
    captured = Captured(stack)
    captured.ask("1,2\n", InferenceId="row-7", CustomAttributes="trace=1")
    captured.ask('{"a": "ä"}'.encode(), "application/json; charset=utf-8")
    captured.ask(b"\xff\x00", "application/x-npy")
    captured.events(3)
    return captured


class TestWhatIsCaptured:
    def test_a_line_is_as_on_aws(self, captured: Captured) -> None:
        (event,) = (each for each in captured.events(3) if "inferenceId" in each["eventMetadata"])
        metadata = event.pop("eventMetadata")
        content = {"observedContentType": "text/csv", "data": "1,2\n", "encoding": "CSV"}
        data = {"endpointInput": {**content, "mode": "INPUT"}, "endpointOutput": {**content, "mode": "OUTPUT"}}
        assert event == {"captureData": data, "eventVersion": "0"}
        assert (metadata["inferenceId"], metadata["customAttributes"]) == ("row-7", ["trace=1"])
        assert re.fullmatch(r"[0-9a-f-]{36}", metadata["eventId"])
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", metadata["inferenceTime"])

    def test_encodings_follow_the_content_types(self, captured: Captured) -> None:
        data = [each["captureData"]["endpointOutput"] for each in captured.events(3)]
        contents = sorted((each["encoding"], each["data"]) for each in data)
        assert contents == [
            ("BASE64", base64.b64encode(b"\xff\x00").decode()),
            ("CSV", "1,2\n"),
            ("JSON", '{"a": "ä"}'),
        ]

    def test_an_event_without_attributes_has_none(self, captured: Captured) -> None:
        plain = [each["eventMetadata"] for each in captured.events(3) if "inferenceId" not in each["eventMetadata"]]
        assert [sorted(each) for each in plain] == [["eventId", "inferenceTime"]] * 2

    def test_objects_lie_by_endpoint_variant_and_hour(self, captured: Captured) -> None:
        layout = (
            rf"{captured.prefix}/{captured.name}/main/\d{{4}}/\d\d/\d\d/\d\d/\d\d-\d\d-\d{{3}}-[0-9a-f-]{{36}}\.jsonl"
        )
        assert all(re.fullmatch(layout, key) for key in captured.objects())

    def test_without_content_types_all_is_base64(self, stack: Stack) -> None:
        captured = Captured(stack, CaptureContentTypeHeader={}, CaptureOptions=[{"CaptureMode": "InputAndOutput"}])
        captured.ask("1")
        (event,) = captured.events(1)
        assert {each["encoding"] for each in event["captureData"].values()} == {"BASE64"}
        assert len(event["captureData"]) == 2

    @pytest.mark.parametrize("mode", ["Input", "Output"])
    def test_one_side_alone(self, stack: Stack, mode: str) -> None:
        captured = Captured(stack, CaptureOptions=[{"CaptureMode": mode}])
        captured.ask("1")
        (event,) = captured.events(1)
        assert list(event["captureData"]) == [f"endpoint{mode}"]


class TestSampling:
    def test_a_share_of_the_requests(self, stack: Stack) -> None:
        captured = Captured(stack, InitialSamplingPercentage=50)
        for number in range(100):
            captured.ask(str(number))
        # A request that is surely captured comes after all of them.
        self.update(captured, 100)
        captured.ask("last")
        until(lambda: "last" in self.bodies(captured), "the last request")
        bodies = self.bodies(captured)
        assert 20 < len(bodies) < 80
        assert len(set(bodies)) == len(bodies)

    def bodies(self, captured: Captured) -> list[str]:
        return [each["captureData"]["endpointInput"]["data"] for each in captured.kept()]

    def update(self, captured: Captured, percentage: int) -> None:
        before = captured.describe()["EndpointConfigName"]
        asked = captured.stack.sagemaker.describe_endpoint_config(EndpointConfigName=before)["DataCaptureConfig"]
        config = captured.config({**asked, "InitialSamplingPercentage": percentage})
        captured.stack.sagemaker.update_endpoint(EndpointName=captured.name, EndpointConfigName=config)
        until(lambda: captured.describe()["EndpointConfigName"] == config, "the new config")


class TestDescribe:
    def test_capture_that_is_on(self, stack: Stack, captured: Captured) -> None:
        assert captured.describe()["DataCaptureConfig"] == {
            **{"EnableCapture": True, "CaptureStatus": "Started", "CurrentSamplingPercentage": 100},
            **{"DestinationS3Uri": f"s3://{BUCKET}/{captured.prefix}", "KmsKeyId": ""},
        }

    def test_capture_that_is_off_keeps_nothing(self, own: Stack) -> None:
        captured = Captured(own, EnableCapture=False)
        assert captured.describe()["DataCaptureConfig"]["CaptureStatus"] == "Stopped"
        captured.ask("1")
        own.crossfold("down")
        own.up()
        assert captured.objects() == []


class TestFaults:
    def test_what_the_model_refuses_is_not_captured(self, stack: Stack) -> None:
        captured = Captured(stack)
        with pytest.raises(ClientError, match="refused"):
            captured.ask("refuse")
        captured.ask("1")
        assert len(captured.events(1)) == 1

    def test_a_bucket_that_is_not_there_yet_fails_no_request(self, stack: Stack) -> None:
        bucket = fresh("late")
        captured = Captured(stack, DestinationS3Uri=f"s3://{bucket}/x")
        assert captured.ask("1") == "1"
        stack.s3.create_bucket(Bucket=bucket)
        until(lambda: stack.s3.list_objects_v2(Bucket=bucket).get("Contents"), "the captured request")

    def test_a_destination_that_is_no_s3_uri(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match="must be an s3:// URI"):
            Captured(stack, DestinationS3Uri="https://bucket/x")


class TestDurability:
    def test_what_was_answered_outlives_a_kill(self, own: Stack) -> None:
        captured = Captured(own)
        for number in range(3):
            captured.ask(str(number))
        os.kill(own.pid, signal.SIGKILL)
        own.up()
        inputs = [each["captureData"]["endpointInput"]["data"] for each in captured.events(3)]
        assert sorted(inputs) == ["0", "1", "2"]
        until(lambda: not list((own.home / "sagemaker/capture").iterdir()), "an empty folder")

    def test_an_orderly_end_brings_all_to_s3(self, own: Stack) -> None:
        captured = Captured(own)
        captured.ask("1")
        own.crossfold("down")
        assert list((own.home / "sagemaker/capture").iterdir()) == []
        own.up()
        assert len(captured.events(1)) == 1
