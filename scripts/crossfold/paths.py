"""Where a job finds and leaves its files: SageMaker's tree under /opt/ml.

SM_BASE_DIR replaces /opt/ml where the operating system cannot give each job its own.
"""

from __future__ import annotations

import os
from pathlib import Path


def base() -> Path:
    return Path(os.environ.get("SM_BASE_DIR") or "/opt/ml")


def processing_input(name: str) -> Path:
    return base() / "processing" / "input" / name


def processing_output(name: str) -> Path:
    """The folder of one output; SageMaker makes it before the job, a bare call may not have."""
    folder = base() / "processing" / "output" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def channel(name: str) -> Path:
    return base() / "input" / "data" / name


def hyperparameters() -> Path:
    return base() / "input" / "config" / "hyperparameters.json"


def model() -> Path:
    folder = base() / "model"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def output() -> Path:
    """Where the failure files go."""
    return base() / "output"


def output_data() -> Path:
    """What becomes a training job's output.tar.gz."""
    folder = base() / "output" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
