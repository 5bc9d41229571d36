"""A local stack of the tests' own, and what every test does with it: clients, files, small jobs, waiting."""

from __future__ import annotations

import io
import itertools
import json
import os
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import boto3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

from shapes import check_answer

ROOT = Path(__file__).resolve().parents[2]
IMAGE = "local/crossfold-jobs:1"
ROLE = "arn:aws:iam::000000000000:role/crossfold"
BUCKET = "crossfold"
# Longer than anything takes here; only a fault comes to it.
TIMEOUT_S = 60.0

T = TypeVar("T")
_numbers = itertools.count(1)


def fresh(prefix: str = "t") -> str:
    """A name that no other test has."""
    return f"{prefix}-{os.getpid()}-{next(_numbers)}"


def until(look: Callable[[], T | None], what: str, timeout: float = TIMEOUT_S) -> T:
    """What `look` finds as soon as it finds something."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        found = look()
        if found:
            return found
        time.sleep(0.01)
    raise AssertionError(f"{what} did not come about")


class Stack:
    """S3 and SageMaker, in a folder of their own."""

    def __init__(self, *options: str) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="crossfold-test-")
        self.home = Path(self._folder.name)
        self.options = options
        self.up()

    def client(self, service: str, **options: Any) -> Any:
        """A client of an AWS service. It tries once: what the endpoint answers is what the test sees."""
        once = Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"})
        own = {
            "endpoint_url": self.url,
            "config": once,
            "region_name": self.variables["AWS_REGION"],
            "aws_access_key_id": self.variables["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.variables["AWS_SECRET_ACCESS_KEY"],
        }
        client = boto3.client(service, **{**own, **options})
        client.meta.events.register("after-call.sagemaker", check_answer)
        return client

    def crossfold(self, *args: str) -> str:
        """Runs the command line against this stack; what it prints."""
        environment = {**os.environ, "CROSSFOLD_HOME": str(self.home), "CROSSFOLD_BUCKET": ""}
        command = ["node", str(ROOT / "bootstrap/crossfold.mjs"), *args]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def up(self) -> None:
        """Starts what does not run. A port that was taken meanwhile is another one now."""
        self.crossfold("up", "--no-worker", *self.options)
        self.variables: dict[str, str] = json.loads(self.crossfold("env", "--json"))
        self.url = self.variables["AWS_ENDPOINT_URL_SAGEMAKER"]
        self.s3 = self.client("s3", endpoint_url=self.variables["AWS_ENDPOINT_URL_S3"])
        self.sagemaker = self.client("sagemaker")
        self.runtime = self.client("sagemaker-runtime")

    def down(self) -> None:
        """Stops all of it, and deletes it."""
        self.crossfold("down", "--purge")
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """The process of the SageMaker endpoint."""
        return json.loads((self.home / "stack.json").read_text())["services"]["sagemaker"]["pid"]

    def control(self, call: str, **body: Any) -> Any:
        """Calls what the endpoint has beyond AWS's operations; its status and its answer."""
        data = json.dumps(body)
        request = AWSRequest("POST", f"{self.url}/crossfold/{call}", data=data)
        keys = (self.variables["AWS_ACCESS_KEY_ID"], self.variables["AWS_SECRET_ACCESS_KEY"])
        SigV4Auth(Credentials(*keys), "sagemaker", self.variables["AWS_REGION"]).add_auth(request)
        answer = URLLib3Session().send(request.prepare())
        return answer.status_code, json.loads(answer.content)

    def put(self, key: str, body: str | bytes) -> str:
        """Writes an object; its URI."""
        self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
        return f"s3://{BUCKET}/{key}"

    def scripts(self, **files: str | bytes) -> dict[str, str]:
        """Hyperparameters of script mode that run `main.py` of these files; `a__sh` is the file a.sh."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            for name, content in files.items():
                body = content.encode() if isinstance(content, str) else content
                member = tarfile.TarInfo(name.replace("__", "."))
                member.size, member.mode = len(body), 0o755
                archive.addfile(member, io.BytesIO(body))
        uri = self.put(f"scripts/{fresh()}/sourcedir.tar.gz", buffer.getvalue())
        return {"sagemaker_program": '"main.py"', "sagemaker_submit_directory": json.dumps(uri)}

    def get(self, uri: str) -> bytes:
        """Reads an object."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def keys(self, prefix: str) -> list[str]:
        """The keys below a prefix."""
        return [item["Key"] for item in self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])]

    def training_request(self, script: str = "", **members: Any) -> dict[str, Any]:
        """A training job's request: runs `script`, a Python program, with its own name and output prefix."""
        name = members.pop("TrainingJobName", None) or fresh("train")
        code = self.put(f"code/{name}/main.py", script).rpartition("/")[0] + "/"
        channel = {
            "ChannelName": "code",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": code}},
        }
        return {
            "TrainingJobName": name,
            "RoleArn": ROLE,
            "AlgorithmSpecification": {
                "TrainingImage": IMAGE,
                "TrainingInputMode": "File",
                "ContainerEntrypoint": ["python3", "/opt/ml/input/data/code/main.py"],
            },
            "InputDataConfig": [channel, *members.pop("InputDataConfig", [])],
            "OutputDataConfig": {"S3OutputPath": f"s3://{BUCKET}/output"},
            "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 300},
            **members,
        }

    def train(self, script: str = "", **members: Any) -> str:
        """Starts a training job; its name."""
        request = self.training_request(script, **members)
        self.sagemaker.create_training_job(**request)
        return request["TrainingJobName"]

    def trained(self, name: str) -> dict[str, Any]:
        """The training job once it is over."""

        def over() -> dict[str, Any] | None:
            job = self.sagemaker.describe_training_job(TrainingJobName=name)
            return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

        return until(over, f"the end of {name}")

    def log(self, kind: str, name: str) -> str:
        """What a job wrote."""
        return (self.home / "sagemaker/jobs" / kind / name / "log.txt").read_text()
