"""What the image of jobs runs as `train`: the program that script mode's hyperparameters name.

A training job names its own entry point; those of a tuning job cannot, and SageMaker starts them with `train`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

HYPERPARAMETERS = "input/config/hyperparameters.json"


def text(value: str) -> str:
    """A reserved hyperparameter: JSON where a client made it so, else as it is."""
    return str(json.loads(value)) if value.startswith('"') else value


def program(base: Path) -> Path:
    """The script to run. Raises SystemExit where none is named, or it is not there."""
    given = json.loads((base / HYPERPARAMETERS).read_text(encoding="utf-8"))
    for name in ("sagemaker_program", "sagemaker_submit_directory"):
        if name not in given:
            raise SystemExit(f"The job names no command: give it the hyperparameter {name}.")
    folder = Path(text(given["sagemaker_submit_directory"])).resolve()
    file = (folder / text(given["sagemaker_program"])).resolve()
    if not (file.is_relative_to(folder) and file.is_file()):
        raise SystemExit(f"The program {file.name} is not in {folder}, which sagemaker_submit_directory names.")
    return file


def main() -> None:
    base = Path(os.environ.get("SM_BASE_DIR") or "/opt/ml")
    # In place of this process: SageMaker's SIGTERM is for the script.
    os.execv(sys.executable, [sys.executable, str(program(base))])


if __name__ == "__main__":
    main()
