"""Small models and transform jobs, for the tests of batch transform."""

from __future__ import annotations

import io
import tarfile
from typing import Any

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, IMAGE, ROLE, Stack, fresh, until

# Answers the lines of a request in capitals, and logs each request.
SHOUTS = (
    "def model_fn(model_dir):\n    return None\n"
    "def transform_fn(model, body, content_type, accept):\n"
    "    text = body.decode() if isinstance(body, bytes) else body\n"
    "    print('asked', content_type, accept, repr(text))\n"
    "    if 'refuse' in text: raise ValueError('refused')\n"
    "    if 'break' in text: raise RuntimeError('broken')\n"
    "    return text.upper(), accept\n"
)


def model(stack: Stack, code: str = SHOUTS, **environment: str) -> str:
    """A model whose program is `code`; its name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
        member = tarfile.TarInfo("code/inference.py")
        member.size = len(code.encode())
        packed.addfile(member, io.BytesIO(code.encode()))
    name = fresh("model")
    uri = stack.put(f"models/{name}/model.tar.gz", buffer.getvalue())
    container = {"Image": IMAGE, "ModelDataUrl": uri, "Environment": environment}
    stack.sagemaker.create_model(ModelName=name, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    return name


def request(stack: Stack, files: dict[str, str | bytes], **members: Any) -> dict[str, Any]:
    """A job's request over files below a prefix of its own, by line; `Input` and `Output` change those members."""
    name = members.pop("TransformJobName", None) or fresh("transform")
    for path, content in files.items():
        stack.put(f"in/{name}/{path}", content)
    source = {"S3DataType": "S3Prefix", "S3Uri": f"s3://{BUCKET}/in/{name}/"}
    given = {"DataSource": {"S3DataSource": source}, "ContentType": "text/csv", "SplitType": "Line"}
    kept = {"S3OutputPath": f"s3://{BUCKET}/out/{name}", "Accept": "text/csv", "AssembleWith": "Line"}
    return {
        "TransformJobName": name,
        "ModelName": members.pop("ModelName", None) or model(stack),
        "TransformInput": {**given, **members.pop("Input", {})},
        "TransformOutput": {**kept, **members.pop("Output", {})},
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
        **members,
    }


def transform(stack: Stack, files: dict[str, str | bytes], **members: Any) -> str:
    asked = request(stack, files, **members)
    stack.sagemaker.create_transform_job(**asked)
    return asked["TransformJobName"]


def transformed(stack: Stack, name: str) -> dict[str, Any]:
    def over() -> dict[str, Any] | None:
        job = stack.sagemaker.describe_transform_job(TransformJobName=name)
        return job if job["TransformJobStatus"] in ("Completed", "Failed", "Stopped") else None

    return until(over, f"the end of {name}")


def output(stack: Stack, files: dict[str, str | bytes], **members: Any) -> str:
    """What a job makes of its one file."""
    name = transform(stack, files, **members)
    job = transformed(stack, name)
    assert job["TransformJobStatus"] == "Completed", (job, stack.log("transform-job", name))
    (key,) = stack.keys(f"out/{name}/")
    return stack.get(f"s3://{BUCKET}/{key}").decode()


def asked(stack: Stack, name: str) -> list[str]:
    """The requests that the model logged."""
    return [line for line in stack.log("transform-job", name).splitlines() if line.startswith("asked")]


def refused(stack: Stack, **members: Any) -> str:
    with pytest.raises(ClientError) as caught:
        stack.sagemaker.create_transform_job(**request(stack, {}, **members))
    assert caught.value.response["Error"]["Code"] == "ValidationException"
    return caught.value.response["Error"]["Message"]
