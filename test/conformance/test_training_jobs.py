"""Training jobs: the request, the way, the end, the lists."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from stack import BUCKET, Stack, fresh


def test_an_empty_script_completes(stack: Stack) -> None:
    job = stack.trained(stack.train())
    assert job["TrainingJobStatus"] == "Completed"
    assert job["SecondaryStatus"] == "Completed"
    assert job["ModelArtifacts"]["S3ModelArtifacts"].endswith("/output/model.tar.gz")
    assert job["BillableTimeInSeconds"] >= 1
