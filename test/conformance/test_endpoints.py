"""Models, endpoint configs, endpoints and invocation."""

from __future__ import annotations

import collections
import io
import json
import tarfile
import threading
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, IMAGE, ROLE, Stack, fresh, until

# Answers with its word, what it was sent, and how.
SAYS = (
    "def model_fn(model_dir):\n    return open(model_dir + '/word').read()\n"
    "def transform_fn(model, body, content_type, accept):\n"
    "    text = body.decode() if isinstance(body, bytes) else body\n"
    "    if text == 'break': raise RuntimeError('broken')\n"
    "    if text == 'refuse': raise ValueError('refused')\n"
    "    return f'{model} {text} {content_type} {accept}', 'text/plain'\n"
)


def archive(stack: Stack, **files: str) -> str:
    """A model.tar.gz in S3; `code__inference__py` is code/inference.py."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        for name, text in files.items():
            folder, _, rest = name.partition("__")
            path = f"{folder}/{rest.replace('__', '.')}" if rest else folder
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return stack.put(f"models/{fresh()}/model.tar.gz", buffer.getvalue())


def model(stack: Stack, word: str = "hello", code: str = SAYS, **environment: str) -> str:
    """A model that answers with a word."""
    name = fresh("model")
    container = {"Image": IMAGE, "ModelDataUrl": archive(stack, word=word, code__inference__py=code)}
    stack.sagemaker.create_model(
        ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={**container, "Environment": environment}
    )
    return name


def config(stack: Stack, *models: str, weights: tuple[float, ...] = ()) -> str:
    """A config with a variant a model: a, b, …"""
    name = fresh("config")
    variants = [
        {
            **{"VariantName": "abc"[index], "ModelName": each, "InstanceType": "ml.m5.large"},
            **{"InitialInstanceCount": 1, "InitialVariantWeight": weights[index] if weights else 1},
        }
        for index, each in enumerate(models)
    ]
    stack.sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=variants)
    return name


def settled(stack: Stack, name: str) -> dict[str, Any]:
    """The endpoint once nothing changes any more."""

    def look() -> dict[str, Any] | None:
        found = stack.sagemaker.describe_endpoint(EndpointName=name)
        return found if found["EndpointStatus"] in ("InService", "Failed") else None

    return until(look, f"endpoint {name} settled")


def endpoint(stack: Stack, *models: str, weights: tuple[float, ...] = ()) -> str:
    """An endpoint in service."""
    name = fresh("endpoint")
    stack.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=config(stack, *models, weights=weights))
    assert settled(stack, name)["EndpointStatus"] == "InService"
    return name


def ask(stack: Stack, name: str, body: str = "x", **members: Any) -> str:
    answer = stack.runtime.invoke_endpoint(EndpointName=name, Body=body, **members)
    return answer["Body"].read().decode()


@pytest.fixture(scope="module")
def serving(stack: Stack) -> str:
    """An endpoint that tests only look at and ask."""
    return endpoint(stack, model(stack))


class TestInvocation:
    def test_body_and_types_reach_the_model(self, stack: Stack, serving: str) -> None:
        answer = ask(stack, serving, "1,2", ContentType="text/csv", Accept="text/plain")
        assert answer == "hello 1,2 text/csv text/plain"

    def test_the_answer_names_its_type_and_variant(self, stack: Stack, serving: str) -> None:
        answer = stack.runtime.invoke_endpoint(EndpointName=serving, Body="x", CustomAttributes="trace=1")
        assert answer["ContentType"].startswith("text/plain")
        assert answer["InvokedProductionVariant"] == "a"
        assert answer["CustomAttributes"] == "trace=1"

    @pytest.mark.parametrize(("body", "status", "words"), [("break", 500, "broken"), ("refuse", 400, "refused")])
    def test_a_model_that_fails_is_a_model_error(
        self, stack: Stack, serving: str, body: str, status: int, words: str
    ) -> None:
        with pytest.raises(ClientError) as caught:
            ask(stack, serving, body)
        response = caught.value.response
        assert response["Error"]["Code"] == "ModelError"
        assert response["OriginalStatusCode"] == status
        assert words in response["OriginalMessage"]

    def test_an_unknown_endpoint(self, stack: Stack) -> None:
        with pytest.raises(ClientError, match=r"ValidationError.*not found"):
            ask(stack, "there-is-none")

    def test_an_unknown_variant(self, stack: Stack, serving: str) -> None:
        with pytest.raises(ClientError, match="no variant z"):
            ask(stack, serving, TargetVariant="z")

    def test_a_body_that_is_too_large(self, stack: Stack, serving: str) -> None:
        with pytest.raises(ClientError) as caught:
            ask(stack, serving, "x" * 6_300_000)
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 413

    def test_defaults_take_json_csv_and_arrays(self, stack: Stack) -> None:
        code = (
            "class Sum:\n    def predict(self, rows): return [float(sum(row)) for row in rows]\n"
            "def model_fn(model_dir): return Sum()\n"
        )
        name = endpoint(stack, model(stack, code=code))
        assert json.loads(ask(stack, name, "[[1, 2], [3, 4]]", ContentType="application/json")) == [3, 7]
        assert json.loads(ask(stack, name, "1,2\n3,4\n", ContentType="text/csv")) == [3, 7]


class TestVariants:
    def test_traffic_is_split_by_weight(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack, "one"), model(stack, "two"), weights=(3, 1))
        seen = collections.Counter(ask(stack, name).split()[0] for _ in range(200))
        # Of 200 with p = 0.75: 150, and outside of 115 to 185 less than once in ten million.
        assert 115 <= seen["one"] <= 185
        assert sum(seen.values()) == 200

    def test_one_can_be_asked_for(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack, "one"), model(stack, "two"))
        assert ask(stack, name, TargetVariant="b").startswith("two")

    def test_weights_are_changed_while_it_serves(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack, "one"), model(stack, "two"))
        stack.sagemaker.update_endpoint_weights_and_capacities(
            EndpointName=name, DesiredWeightsAndCapacities=[{"VariantName": "a", "DesiredWeight": 0}]
        )
        assert settled(stack, name)["EndpointStatus"] == "InService"
        assert {ask(stack, name).split()[0] for _ in range(20)} == {"two"}
        variants = settled(stack, name)["ProductionVariants"]
        assert [each["CurrentWeight"] for each in variants] == [0, 1]


class TestUpdates:
    def test_no_request_is_lost_while_the_model_changes(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack, "v0"))
        over, failures, seen = threading.Event(), [], set()

        def keep_asking() -> None:
            runtime = stack.client("sagemaker-runtime")
            while not over.is_set():
                try:
                    seen.add(runtime.invoke_endpoint(EndpointName=name, Body="x")["Body"].read().split()[0])
                except Exception as error:
                    failures.append(repr(error))

        threads = [threading.Thread(target=keep_asking) for _ in range(3)]
        for thread in threads:
            thread.start()
        try:
            for number in range(1, 4):
                wanted = config(stack, model(stack, f"v{number}"))
                stack.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=wanted)
                until(lambda wanted=wanted: settled(stack, name)["EndpointConfigName"] == wanted, "the update")
            until(lambda: b"v3" in seen or failures, "an answer of the last model")
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert failures == []

    def test_a_model_that_does_not_come_up_leaves_the_old_one(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack, "old"))
        before = settled(stack, name)["EndpointConfigName"]
        bad = config(stack, model(stack, code="raise RuntimeError('no weights')\n"))
        stack.sagemaker.update_endpoint(EndpointName=name, EndpointConfigName=bad)
        found = until(lambda: (e := settled(stack, name)).get("FailureReason") and e, "the failure")
        assert (found["EndpointStatus"], found["EndpointConfigName"]) == ("InService", before)
        assert "no weights" in found["FailureReason"]
        assert ask(stack, name).startswith("old")

    def test_a_new_endpoint_that_does_not_come_up_has_failed(self, stack: Stack) -> None:
        name = fresh("endpoint")
        bad = config(stack, model(stack, code="import there_is_none\n"))
        stack.sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=bad)
        found = settled(stack, name)
        assert found["EndpointStatus"] == "Failed"
        assert "there_is_none" in found["FailureReason"]
        stack.sagemaker.delete_endpoint(EndpointName=name)

    def test_an_endpoint_that_is_deleted_is_gone(self, stack: Stack) -> None:
        name = endpoint(stack, model(stack))
        stack.sagemaker.delete_endpoint(EndpointName=name)

        def gone() -> bool:
            try:
                stack.sagemaker.describe_endpoint(EndpointName=name)
            except ClientError as error:
                return "Could not find" in str(error)
            return False

        until(gone, "the end of the endpoint")
        with pytest.raises(ClientError, match="not found"):
            ask(stack, name)


class TestArchives:
    @pytest.mark.parametrize("path", ["../out", "/tmp/out"])
    def test_a_path_that_leaves_its_folder_is_refused(self, stack: Stack, path: str) -> None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
            packed.addfile(tarfile.TarInfo(path))
        assert "would leave its folder" in self.failure(stack, buffer)

    def test_a_link_is_refused(self, stack: Stack) -> None:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
            link = tarfile.TarInfo("link")
            link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
            packed.addfile(link)
        assert "SymbolicLink" in self.failure(stack, buffer)

    def failure(self, stack: Stack, buffer: io.BytesIO) -> str:
        uri = stack.put(f"models/{fresh()}/model.tar.gz", buffer.getvalue())
        name = fresh("model")
        stack.sagemaker.create_model(
            ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer={"Image": IMAGE, "ModelDataUrl": uri}
        )
        served = fresh("endpoint")
        stack.sagemaker.create_endpoint(EndpointName=served, EndpointConfigName=config(stack, name))
        return settled(stack, served)["FailureReason"]


class TestRefusals:
    def test_names_that_are_taken(self, stack: Stack, serving: str) -> None:
        used = stack.sagemaker.describe_endpoint(EndpointName=serving)["EndpointConfigName"]
        with pytest.raises(ClientError, match="Cannot create already existing endpoint"):
            stack.sagemaker.create_endpoint(EndpointName=serving, EndpointConfigName=used)
        served = stack.sagemaker.describe_endpoint_config(EndpointConfigName=used)["ProductionVariants"][0]["ModelName"]
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/m.tar.gz"}
        with pytest.raises(ClientError, match="Cannot create already existing model"):
            stack.sagemaker.create_model(ModelName=served, ExecutionRoleArn=ROLE, PrimaryContainer=container)

    def test_names_that_nothing_has(self, stack: Stack) -> None:
        none = "there-is-none"
        with pytest.raises(ClientError, match="Could not find endpoint configuration"):
            stack.sagemaker.create_endpoint(EndpointName=fresh(), EndpointConfigName=none)
        with pytest.raises(ClientError, match="Could not find model"):
            config(stack, none)
        with pytest.raises(ClientError, match="Could not find endpoint"):
            stack.sagemaker.update_endpoint(EndpointName=none, EndpointConfigName=none)
        for call, member in (
            (stack.sagemaker.delete_model, "ModelName"),
            (stack.sagemaker.delete_endpoint, "EndpointName"),
            (stack.sagemaker.delete_endpoint_config, "EndpointConfigName"),
        ):
            with pytest.raises(ClientError, match="Could not find"):
                call(**{member: none})

    def test_an_image_that_nothing_here_runs(self, stack: Stack) -> None:
        container = {"Image": "mine:1", "ModelDataUrl": f"s3://{BUCKET}/m.tar.gz"}
        with pytest.raises(ClientError, match=r"images\.yaml"):
            stack.sagemaker.create_model(ModelName=fresh(), ExecutionRoleArn=ROLE, PrimaryContainer=container)

    def test_a_pipeline_of_containers(self, stack: Stack) -> None:
        container = {"Image": IMAGE, "ModelDataUrl": f"s3://{BUCKET}/m.tar.gz"}
        with pytest.raises(ClientError, match="give one container"):
            stack.sagemaker.create_model(ModelName=fresh(), ExecutionRoleArn=ROLE, Containers=[container, container])


def test_lists_find_by_name(stack: Stack, serving: str) -> None:
    found = stack.sagemaker.list_endpoints(NameContains=serving, StatusEquals="InService")["Endpoints"]
    assert serving in [each["EndpointName"] for each in found]
    used = stack.sagemaker.describe_endpoint(EndpointName=serving)["EndpointConfigName"]
    configs = stack.sagemaker.list_endpoint_configs(NameContains=used, SortBy="Name")["EndpointConfigs"]
    names = [each["EndpointConfigName"] for each in configs]
    assert used in names
    assert names == sorted(names, reverse=True)
    served = stack.sagemaker.describe_endpoint_config(EndpointConfigName=used)["ProductionVariants"][0]["ModelName"]
    models = stack.sagemaker.list_models(NameContains=served)["Models"]
    assert all(served in each["ModelName"] for each in models)
