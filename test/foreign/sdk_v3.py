"""The SageMaker Python SDK, version 3, against the endpoint that the environment names."""

from __future__ import annotations

import json
import os
from pathlib import Path

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.training.configs import Compute, InputData, SourceCode, StoppingCondition
from sagemaker.train import ModelTrainer

from table import table

SCRIPTS = Path(__file__).parent / "scripts"


def main() -> None:
    session = Session()
    data = session.upload_data(table(), bucket="crossfold", key_prefix="sdk3/data")
    trainer = ModelTrainer(
        training_image=os.environ["CROSSFOLD_IMAGE"],
        source_code=SourceCode(source_dir=str(SCRIPTS), entry_script="train.py"),
        compute=Compute(instance_type="ml.m5.large", instance_count=1),
        hyperparameters={"C": 0.5},
        role=os.environ["CROSSFOLD_ROLE_ARN"],
        base_job_name="sdk3",
        stopping_condition=StoppingCondition(max_runtime_in_seconds=300),
    )
    trainer.train(input_data_config=[InputData(channel_name="train", data_source=data.rpartition("/")[0])])
    print(json.dumps({"ok": True}))


if __name__ == "__main__":
    main()
